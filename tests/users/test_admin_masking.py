import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from tests.factories import ExperienceFactory
from users import services
from users.masking import cover
from users.models import Experience, Profile, Reveal

SECRET = "The ice broke under me"
REASON = "the school asked me to check on this"


@pytest.fixture
def told(wren):
    return ExperienceFactory(person=wren, what=SECRET, felt="afraid")


@pytest.fixture
def page(client, owl):
    client.force_login(owl)
    return client


def reveal(told) -> str:
    return reverse("admin:users_experience_reveal", args=[told.pk])


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (0, "–"),
        (None, "–"),
        (1, "•••• (1 character)"),
        (1240, "•••• (1,240 characters)"),
    ],
)
def test_covered_words_show_their_length_only(length, said):
    assert cover(length) == said


def test_lists_and_pages_show_no_personal_word(page, told, wren):
    services.add_value(person=wren, value="telling the truth slowly")
    pages = [
        reverse("admin:users_experience_changelist"),
        reverse("admin:users_experience_change", args=[told.pk]),
        reverse("admin:users_experience_history", args=[told.pk]),
        reverse("admin:users_experience_delete", args=[told.pk]),
        reverse("admin:users_profile_changelist"),
        reverse("admin:users_profile_change", args=[Profile.objects.get().pk]),
        reverse("admin:index"),
        reveal(told),
    ]

    for address in pages:
        shown = page.get(address).content.decode()
        assert SECRET not in shown and "truth slowly" not in shown, address
    assert "•••• (22 characters)" in page.get(pages[1]).content.decode()


def test_a_reason_reveals_the_text_once_and_is_on_record(page, owl, told):
    response = page.post(reveal(told), {"reason": REASON})

    assert SECRET in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    kept = Reveal.objects.get()
    assert (kept.admin, kept.person, kept.reason) == (owl, told.person, REASON)
    assert kept.subject == f"users.experience {told.pk}"
    assert LogEntry.objects.get().object_id == str(told.pk)
    assert SECRET not in page.get(reveal(told)).content.decode()


@pytest.mark.parametrize("reason", ["", "  ", "because", "x" * 301])
def test_without_a_real_reason_nothing_is_shown(page, told, reason):
    response = page.post(reveal(told), {"reason": reason})

    assert SECRET not in response.content.decode()
    assert response.context["form"].errors["reason"]
    assert not Reveal.objects.exists()


@pytest.mark.parametrize("who", ["wren", "robin", "crow"])
def test_only_an_admin_reveals(request, client, told, who):
    client.force_login(request.getfixturevalue(who))

    response = client.post(reveal(told), {"reason": REASON}, follow=True)

    assert response.status_code == 403
    assert not Reveal.objects.exists()


def test_an_admin_cannot_search_by_what_people_wrote(page, told):
    listed = page.get(reverse("admin:users_experience_changelist"), {"q": "ice"})

    assert listed.context["cl"].result_count == 0


@pytest.mark.parametrize("lookup", ["what__contains", "felt", "what__regex"])
def test_an_admin_cannot_filter_by_what_people_wrote(page, told, lookup):
    listed = page.get(reverse("admin:users_experience_changelist"), {lookup: "ice"})

    assert listed.status_code == 400


def test_an_admin_cannot_write_in_a_persons_name(page, told):
    change = reverse("admin:users_experience_change", args=[told.pk])

    assert page.post(change, {"what": "other words"}).status_code == 403
    assert page.get(reverse("admin:users_experience_add")).status_code == 403
    assert Experience.objects.get().what == SECRET


def test_the_record_of_reveals_cannot_be_changed(page, told):
    page.post(reveal(told), {"reason": REASON})
    kept = Reveal.objects.get()

    delete = reverse("admin:users_reveal_delete", args=[kept.pk])
    change = reverse("admin:users_reveal_change", args=[kept.pk])

    assert page.post(delete, {"post": "yes"}).status_code == 403
    assert page.post(change, {"reason": "other"}).status_code == 403


def test_the_person_finds_who_looked_in_their_data(page, told, wren):
    page.post(reveal(told), {"reason": REASON})
    page.force_login(wren)

    given = page.post(reverse("users:download")).json()

    assert given["users.reveal"][0]["reason"] == REASON
