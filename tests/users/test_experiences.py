import pytest
from django.urls import reverse

from tests.factories import ExperienceFactory
from users import services
from users.models import Consent

PAGE = "users:experiences"
TOLD = {"what": "I learned to swim in the cold lake", "consent": "prompt"}


@pytest.fixture
def page(client, wren):
    client.force_login(wren)
    return client


def tell(client, **changes):
    return client.post(reverse(PAGE), {**TOLD, **changes})


def test_an_experience_is_told_and_shown(page, wren):
    tell(page, when="at nine", where="the lake", who="my aunt", felt="brave")

    kept = wren.experiences.get()
    assert (kept.what, kept.when, kept.felt) == (TOLD["what"], "at nine", "brave")
    assert TOLD["what"] in page.get(reverse(PAGE)).content.decode()


def test_what_was_typed_is_kept_when_going_on(page, wren):
    response = tell(page, then="next")

    assert response.url == reverse("users:values")
    assert wren.experiences.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"what": ""}, {"what": "   "}, {"what": "x" * 2001}, {"who": "x" * 201}],
)
def test_what_does_not_fit_gets_a_sentence_and_stays_on_the_page(page, wren, wrong):
    response = tell(page, **{"where": "the lake", **wrong})

    assert response.status_code == 422
    assert response.context["form"].errors
    assert "the lake" in response.content.decode()
    assert not wren.experiences.exists()


def test_an_experience_is_changed(page, wren):
    kept = ExperienceFactory(person=wren)
    address = reverse("users:experience", args=[kept.pk])
    assert kept.what in page.get(address).content.decode()

    page.post(address, {**TOLD, "what": "I nearly drowned", "consent": "never"})

    kept.refresh_from_db()
    assert (kept.what, kept.consent) == ("I nearly drowned", Consent.NEVER)


def test_an_experience_is_deleted(page, wren):
    kept = ExperienceFactory(person=wren)

    page.post(reverse("users:delete_experience", args=[kept.pk]))

    assert not wren.experiences.exists()


def test_a_link_alone_deletes_nothing(page, wren):
    kept = ExperienceFactory(person=wren)

    address = reverse("users:delete_experience", args=[kept.pk])

    assert page.get(address).status_code == 405
    assert wren.experiences.exists()


def test_someone_elses_experience_cannot_be_seen_changed_or_deleted(page, crow):
    kept = ExperienceFactory(person=crow)
    address = reverse("users:experience", args=[kept.pk])

    assert page.get(address).status_code == 404
    assert page.post(address, TOLD).status_code == 404
    delete = reverse("users:delete_experience", args=[kept.pk])
    assert page.post(delete).status_code == 404
    kept.refresh_from_db()


def test_too_many_get_a_sentence(page, wren, monkeypatch):
    monkeypatch.setattr(services, "MOST_EXPERIENCES", 2)
    ExperienceFactory.create_batch(2, person=wren)

    response = tell(page)

    assert response.status_code == 422
    assert "Delete one first" in response.content.decode()
    assert TOLD["what"] in response.content.decode()


def test_markup_emoji_and_right_to_left_words_reach_the_page_as_text(page):
    words = "<img src=x onerror=alert(1)> 🌊 שלום مرحبا"
    tell(page, what=words)

    shown = page.get(reverse(PAGE)).content.decode()
    assert "<img" not in shown
    assert "🌊 שלום مرحبا" in shown


def test_words_of_danger_are_kept_and_help_stands_beside_them(page, wren):
    tell(page, what="Last night I wanted to kill myself.", consent="train")

    kept = wren.experiences.get()
    assert kept.care and kept.what == "Last night I wanted to kill myself."
    assert "speak with a person" in page.get(reverse(PAGE)).content.decode()
    assert not wren.experiences.for_training().exists()


def test_the_pages_queries_do_not_grow_with_what_is_told(
    page, wren, django_assert_num_queries
):
    ExperienceFactory.create_batch(3, person=wren)
    page.get(reverse(PAGE))
    with django_assert_num_queries(3):
        page.get(reverse(PAGE))
    ExperienceFactory.create_batch(40, person=wren)
    with django_assert_num_queries(3):
        page.get(reverse(PAGE))
