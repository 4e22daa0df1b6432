"""A voice that is changed and rejected more than the one before steps back."""

import pytest

from stories import services
from stories.models import Author, Mode, Passage
from tests.factories import PassageFactory
from training.models import Adapter, Voice

pytestmark = pytest.mark.django_db

TEXT = "The river was high that spring and the hens were on the roof."


@pytest.fixture
def versions(wren):
    first = Adapter.objects.create(person=wren, number=1, model="m", fingerprint="f")
    second = Adapter.objects.create(
        person=wren, number=2, model="m", fingerprint="f", after=first
    )
    Voice.objects.create(person=wren, learns=True, adapter=second)
    return first, second


def write(story, label, count):
    return [
        PassageFactory(
            story=story,
            author=Author.MODEL,
            mode=Mode.CONTINUE,
            text=TEXT,
            adapter=label,
        )
        for _ in range(count)
    ]


def reject(passages):
    for passage in passages:
        services.give_feedback(passage=passage, kind="down")


def speaking(wren):
    return Voice.objects.get(person=wren).adapter


def test_it_steps_back_when_more_is_rejected_than_before(story, wren, versions):
    first, second = versions
    reject(write(story, first.label, 20)[:5])
    passages = write(story, second.label, 20)
    reject(passages[:6])
    assert speaking(wren) == second
    services.edit_passage(passage=passages[6], text=TEXT + " And we laughed.")
    assert speaking(wren) == first
    second.refresh_from_db()
    assert "changed or rejected" in second.note


def test_few_passages_prove_nothing(story, wren, versions):
    first, second = versions
    write(story, first.label, 20)
    reject(write(story, second.label, 19))
    assert speaking(wren) == second


def test_without_a_version_before_it_is_compared_with_the_plain_model(story, wren):
    only = Adapter.objects.create(person=wren, number=1, model="m", fingerprint="f")
    Voice.objects.create(person=wren, adapter=only)
    write(story, "", 20)
    reject(write(story, only.label, 20)[:3])
    assert speaking(wren) is None


def test_old_passages_say_nothing_of_the_voice_in_use(story, wren, versions):
    first, second = versions
    write(story, second.label, 20)
    reject(write(story, first.label, 25))
    assert speaking(wren) == second
    assert Passage.objects.count() == 45
