"""The pupil's side: only what is given out; read, answer, smile."""

import pytest
from django.urls import reverse

from stories.lessons import reading as verbs
from stories.lessons.models import Answer, Reading, Tale
from stories.lessons.shown import parts_of
from tests.factories import PupilFactory, QuestionFactory, TaleFactory

pytestmark = pytest.mark.django_db
BACKEND = "users.classrooms.backend.PupilBackend"


@pytest.fixture
def browser(client, mira):
    client.force_login(mira.account, backend=BACKEND)
    return client


def read(browser, tale):
    return browser.get(reverse("reading:read", args=[tale.pk]))


@pytest.mark.parametrize("review", ["draft", "reviewed"])
def test_what_is_not_given_out_is_not_there(browser, tale, review):
    Tale.objects.update(review=review)

    assert read(browser, tale).status_code == 404
    assert tale.title not in browser.get(reverse("reading:shelf")).content.decode()
    assert not Reading.objects.exists()


def test_neither_is_the_story_of_another_child(browser, lesson, room):
    other = PupilFactory(classroom=room)
    theirs = TaleFactory(lesson=lesson, pupil=other, review="assigned")

    assert read(browser, theirs).status_code == 404


def test_nor_the_class_story_of_another_class(browser):
    assert read(browser, TaleFactory(review="assigned")).status_code == 404


def test_the_story_of_the_class_is_for_everyone_in_it(browser, lesson):
    shared = TaleFactory(lesson=lesson, pupil=None, review="assigned")

    assert read(browser, shared).status_code == 200


def test_who_is_helped_by_listening_is_asked_to_listen_first(browser, tale, mira):
    assert "Listen to the story first" not in read(browser, tale).content.decode()
    mira.support = "aloud"
    mira.save()

    assert "Listen to the story first" in read(browser, tale).content.decode()


def test_a_pupil_is_told_that_a_machine_wrote_it(browser, tale):
    assert "A machine wrote this story" in read(browser, tale).content.decode()


def test_markup_in_a_story_stays_text(browser, tale):
    image = "<img src=x onerror=alert(1)>"
    Tale.objects.update(paragraphs=[[{"text": image, "source": "teacher"}]])

    page = read(browser, tale).content.decode()
    assert image not in page and "&lt;img src=x" in page


def test_a_word_can_be_tapped_wherever_it_stands():
    parts = parts_of("Two lanterns, one lantern.", ["lantern"])

    assert [(p.text, p.word) for p in parts] == [
        ("Two ", ""), ("lanterns", "lantern"), (", one ", ""), ("lantern", "lantern"),
        (".", ""),
    ]  # fmt: skip


def test_answers_are_kept_and_marked_once(browser, tale):
    asked = QuestionFactory(tale=tale)
    own = QuestionFactory(tale=tale, kind="own life", options=[], key="")
    address = reverse("reading:answer", args=[tale.pk])
    form = {f"q{asked.pk}": "a lantern", f"q{own.pk}": "I had one too."}
    browser.post(address, form)
    browser.post(address, {f"q{asked.pk}": "a drum"})

    answers = dict(Answer.objects.values_list("question", "right"))
    assert answers == {asked.pk: True, own.pk: None}
    assert Reading.objects.get().answered_at


def test_an_answer_that_was_not_offered_is_refused_and_the_others_stay(browser, tale):
    asked = QuestionFactory(tale=tale)
    address = reverse("reading:answer", args=[tale.pk])

    page = browser.post(address, {f"q{asked.pk}": "a spaceship"})

    assert page.status_code == 422 and not Answer.objects.exists()


def test_nothing_answered_gets_a_sentence(browser, tale):
    QuestionFactory(tale=tale)

    page = browser.post(reverse("reading:answer", args=[tale.pk]), {})
    assert "at least one question" in page.content.decode()


def test_a_smile_is_what_the_child_says(browser, tale):
    address = reverse("reading:smile", args=[tale.pk])
    browser.post(address, {"smile": "4"})
    for nonsense in ("9", "x", ""):
        browser.post(address, {"smile": nonsense})

    assert Reading.objects.get().smile == 4


def test_time_is_counted_in_small_portions_only(browser, tale):
    address = reverse("reading:stay", args=[tale.pk])
    for seconds in ("30", "99999", "-5", "x"):
        assert browser.post(address, {"seconds": seconds}).status_code == 204

    assert Reading.objects.get().seconds == 30 + verbs.A_VISIT


def test_words_that_were_looked_up_are_kept_once(browser, tale):
    address = reverse("reading:look_up", args=[tale.pk])
    for word in ("lantern", "lantern", "not a target"):
        browser.post(address, {"word": word})

    assert Reading.objects.get().looked_up == ["lantern"]


# --- families ---------------------------------------------------------------------
def test_a_family_reads_what_is_given_out_and_can_do_nothing(client, mira, tale):
    from users.classrooms.services import open_family_link

    link = open_family_link(pupil=mira)
    QuestionFactory(tale=tale)
    shelf = client.get(f"/family/{link.token}/")
    page = client.get(f"/family/{link.token}/{tale.pk}/")

    assert tale.title in shelf.content.decode() and page.status_code == 200
    assert "What did Mira find?" not in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert client.post(f"/family/{link.token}/{tale.pk}/").status_code == 405
    Tale.objects.update(review="reviewed")
    assert client.get(f"/family/{link.token}/{tale.pk}/").status_code == 404
    assert not Reading.objects.exists()


def test_words_of_any_script_lead_to_their_own_meaning(browser, tale):
    words = [{"word": w, "meaning": f"about {w}", "quote": ""} for w in ("灯笼", "伞")]
    told = [[{"text": "A 灯笼 and a 伞 stood there.", "source": "teacher"}]]
    Tale.objects.update(glossary=words, paragraphs=told)

    page = read(browser, tale).content.decode()

    for number, word in enumerate(("灯笼", "伞"), 1):
        assert f'popovertarget="word-{number}" data-word="{word}"' in page
        assert f'popover id="word-{number}" class="meaning" aria-label="{word}"' in page


def test_a_fact_is_marked_for_the_child_and_the_mark_explained(browser, tale):
    assert "marks a fact" not in read(browser, tale).content.decode()
    fact = {"text": "A sign said: “Owls see well.”", "source": "fact"}
    Tale.objects.update(paragraphs=[[fact]])

    page = read(browser, tale).content.decode()
    assert "marks a fact" in page and 'class="sentence is-fact"' in page
