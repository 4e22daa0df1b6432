"""Nobody can add a table and forget what it means to a person."""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import ForeignKey, ManyToManyField, OneToOneField

from users import privacy


def test_every_model_is_registered_or_declared_not_personal():
    known = set(privacy.registered) | set(privacy.declared)

    forgotten = {model._meta.label for model in apps.get_models()} - {
        model._meta.label for model in known
    }

    assert not forgotten, f"Register these in their app's privacy.py: {forgotten}"


def test_nothing_that_belongs_to_a_person_is_declared_not_personal():
    person = get_user_model()
    for model in privacy.declared:
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey | OneToOneField | ManyToManyField):
                assert field.related_model is not person, f"{model} names a person"


def test_every_reason_is_a_reason():
    assert all(len(why) > 10 for why in privacy.declared.values())


def test_every_registered_model_finds_its_person(wren):
    for entry in privacy.registered.values():
        list(entry.rows(wren)[:1])
