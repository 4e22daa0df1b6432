"""The pupil's side: only what is given out; read, answer, smile, write on."""

import pytest
from django.urls import reverse

from stories.lessons import reading as verbs
from stories.lessons import turns
from stories.lessons.models import Answer, Made, Reading, Tale, Turn
from stories.lessons.shown import parts_of
from stories.services.refused import Refused
from tests.factories import PupilFactory, QuestionFactory, TaleFactory

pytestmark = pytest.mark.django_db
BACKEND = "users.classrooms.backend.PupilBackend"


@pytest.fixture
def tale(lesson, mira):
    return TaleFactory(lesson=lesson, pupil=mira, review="assigned")


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


# --- your turn --------------------------------------------------------------------
def allow(tale, writing):
    tale.lesson.writing = writing
    tale.lesson.save()


def write(browser, tale, text="", **more):
    address = reverse("reading:write", args=[tale.pk])
    return browser.post(address, {"text": text, **more})


def test_a_pupil_writes_on_in_their_own_words(browser, tale):
    write(browser, tale, "Then the owl came.")

    turn = Turn.objects.get()
    assert (turn.by, turn.text, turn.flags) == ("pupil", "Then the owl came.", [])


def test_a_pupil_tells_a_story_of_their_own_beside_it(browser, tale, scribe):
    allow(tale, "helped")
    write(browser, tale, "Then the owl came.")
    write(browser, tale, "Once I met a whale.", own="1")
    write(browser, tale, own="1", then="more")
    turns.write(Turn.objects.get(by="model").pk)

    page = read(browser, tale)
    pieces = [turn.by for turn in page.context["own_turns"]]
    assert pieces == ["pupil", "model"] and len(page.context["turns"]) == 1
    asked = str(scribe.prompts[-1].messages)
    assert "whale" in asked and "owl" not in asked and "gate" not in asked


def test_words_of_danger_are_kept_marked_for_the_teacher_and_help_is_shown(
    browser, client, robin, tale, mira
):
    write(browser, tale, "I want to kill myself.")

    assert "speak with a person" in read(browser, tale).content.decode()
    client.force_login(robin)
    address = reverse("lessons:pupil", args=[mira.classroom_id, mira.pk])
    page = client.get(address).content.decode()
    assert "I want to kill myself." in page and "safeguarding contact" in page


@pytest.mark.parametrize(("writing", "more"), [("none", False), ("own", True)])
def test_the_model_writes_only_if_the_teacher_allowed_it(browser, tale, writing, more):
    allow(tale, writing)

    page = write(browser, tale, **({"then": "more"} if more else {"text": "Mine."}))

    assert page.status_code == 422 and not Turn.objects.exists()


def test_a_sentence_of_the_model_is_shown_whole_or_not_at_all(
    browser, tale, scribe, django_capture_on_commit_callbacks
):
    allow(tale, "helped")
    write(browser, tale, then="more")
    turn = Turn.objects.get()
    assert "is thinking" in read(browser, tale).content.decode()

    turns.write(turn.pk)

    turn.refresh_from_db()
    assert turn.made == Made.READY and turn.text.endswith(".")
    fragment = browser.get(reverse("reading:turns", args=[tale.pk])).content.decode()
    assert turn.text in fragment and "a machine" in fragment


def test_what_does_not_pass_the_screen_is_never_shown(browser, tale, scribe):
    allow(tale, "helped")
    tale.lesson.tone = ""
    Tale.objects.update(paragraphs=[[{"text": "RUDENOW she said.", "source": "model"}]])
    write(browser, tale, then="more")
    turn = Turn.objects.get()

    turns.write(turn.pk)

    turn.refresh_from_db()
    assert (turn.made, turn.text) == (Made.FAILED, "")
    assert "stupid" not in read(browser, tale).content.decode()


def test_only_one_sentence_is_thought_of_at_a_time(tale, mira):
    allow(tale, "helped")
    reading = verbs.open_tale(tale=tale, pupil=mira)
    verbs.ask_for_more(reading=reading)

    with pytest.raises(Refused, match="busy"):
        verbs.ask_for_more(reading=reading)


@pytest.mark.parametrize(("text", "code"), [("  ", "empty"), ("x" * 2001, "too_long")])
def test_empty_and_endless_pieces_get_a_sentence(tale, mira, text, code):
    reading = verbs.open_tale(tale=tale, pupil=mira)

    with pytest.raises(Refused, match=code):
        verbs.write_on(reading=reading, text=text)


def test_what_was_typed_stays_on_the_page_when_it_is_refused(browser, tale):
    page = write(browser, tale, "y" * 2001)

    assert "y" * 2001 in page.content.decode()


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
