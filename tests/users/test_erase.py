import asyncio

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tests.factories import ExperienceFactory, PassageFactory, PersonFactory
from tests.users.test_log_in import PASSWORD, log_in
from users import services
from users.models import Experience, Reveal, Role, User

SECRET = "quokka-7311"


def everything_stored() -> str:
    """Every value of every row of every table."""
    rows = (
        str(row)
        for model in apps.get_models()
        for row in model._default_manager.values()
    )
    sessions = (str(session.get_decoded()) for session in Session.objects.all())
    return "\n".join([*rows, *sessions])


def erase(client, password=PASSWORD):
    return client.post(reverse("users:erase"), {"password": password})


@pytest.fixture
def full_account(client, owl, story):
    """An account with the secret in all places where a person's words can be."""
    wren = story.owner
    wren.first_name, wren.email = SECRET, f"{SECRET}@example.org"
    wren.save()
    experience = ExperienceFactory(
        person=wren, what=SECRET, when=SECRET, where=SECRET, who=SECRET, felt=SECRET
    )
    services.add_value(person=wren, value=SECRET)
    services.set_tone(person=wren, tones=[], valence=0, energy=0, avoid=[SECRET])
    story.title = story.note = SECRET
    story.save()
    first = PassageFactory(story=story, text=SECRET, direction=SECRET)
    PassageFactory(story=story, text=SECRET, saw=[{"part": "x", "text": SECRET}])
    PassageFactory(story=story, parent=first, replaces=first, text=SECRET)
    services.grant_role(by=owl, person=wren, role=Role.TEACHER)
    keeper = Client()
    keeper.force_login(owl)
    keeper.post(
        reverse("admin:users_experience_reveal", args=[experience.pk]),
        {"reason": f"{SECRET} asked me to look"},
    )
    assert Reveal.objects.exists()
    log_in(client, email=wren.email)
    assert SECRET in everything_stored()
    return wren


def test_after_erasing_nothing_of_a_person_is_left(client, full_account):
    response = erase(client)

    assert response.url == reverse("account_login")
    assert not User.objects.filter(pk=full_account.pk).exists()
    assert SECRET not in everything_stored()


def test_what_admins_did_stays_on_record_without_the_words(client, owl, full_account):
    erase(client)

    accounts = ContentType.objects.get_for_model(User)  # others may have the same key
    entries = LogEntry.objects.filter(
        user=owl, content_type=accounts, object_id=str(full_account.pk)
    )
    assert [(e.object_repr, e.change_message) for e in entries] == [("", "")]


def test_everyone_elses_things_stay(client, full_account, crow):
    ExperienceFactory(person=crow, what="mine")
    before = Experience.objects.filter(person=crow).count()

    erase(client)

    assert Experience.objects.filter(person=crow).count() == before
    assert User.objects.filter(pk=crow.pk).exists()


def test_the_page_says_exactly_what_goes(client, full_account):
    shown = client.get(reverse("users:erase")).content.decode()

    for sentence in ("<strong>1</strong> experience", "<strong>3</strong> passages"):
        assert sentence in shown


def test_the_password_must_be_said(client, wren):
    log_in(client)

    response = erase(client, password="wrong")

    assert response.status_code == 422
    assert "This is not your password." in response.content.decode()
    assert User.objects.filter(pk=wren.pk).exists()


def test_guessing_the_password_here_is_limited_too(client, wren):
    log_in(client)
    for _try in range(10):
        erase(client, password="wrong")

    response = erase(client)

    assert "Wait a minute" in response.content.decode()
    assert User.objects.filter(pk=wren.pk).exists()


def test_the_browser_is_logged_out_and_cleared(client, wren):
    log_in(client)

    response = erase(client)

    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get(reverse("users:profile")).status_code == 302
    assert log_in(Client()).status_code == 200


def test_the_last_admin_cannot_leave_others_behind(client, owl, wren):
    log_in(client, email=owl.email)

    response = erase(client)

    assert "last admin" in response.content.decode()
    assert User.objects.filter(pk=owl.pk).exists()


def test_someone_alone_may_erase_their_admin_account(client, owl):
    log_in(client, email=owl.email)

    erase(client)

    assert not User.objects.exists()


def test_an_admin_erases_someone_by_the_same_registry(client, owl, full_account):
    keeper = Client()
    keeper.force_login(owl)
    address = reverse("admin:users_user_delete", args=[full_account.pk])
    assert "Passages: 3" in keeper.get(address).content.decode()

    keeper.post(address, {"post": "yes"})

    assert SECRET not in everything_stored()
    assert client.get(reverse("users:profile")).status_code == 302


def test_an_admin_is_not_erased_by_another(client, owl):
    other = PersonFactory(role=Role.ADMIN, is_staff=True, is_superuser=True)
    client.force_login(owl)

    client.post(reverse("admin:users_user_delete", args=[other.pk]), {"post": "yes"})

    assert User.objects.filter(pk=other.pk).exists()


@pytest.mark.django_db(transaction=True)
async def test_open_stories_close(editor, story, wren):
    page = await editor(story, wren)

    await asyncio.to_thread(erase, page.client)

    assert await page.close_code(timeout=5) == 4401
