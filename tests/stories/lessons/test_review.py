"""Draft, reviewed, assigned: nothing reaches a child that a teacher has not opened."""

import pytest
from django.urls import reverse

from stories.lessons import editing, services
from stories.lessons import reading as verbs
from stories.lessons.models import Answer, Review, Tale
from stories.services.refused import Refused
from tests.factories import TOLD, PersonFactory, QuestionFactory, TaleFactory
from users.classrooms.models import Teaching

pytestmark = pytest.mark.django_db


@pytest.fixture
def tale(lesson, mira):
    return TaleFactory(lesson=lesson, pupil=mira)


def approved(tale, teacher):
    services.look_at(tale=tale, teacher=teacher)
    services.approve(tales=[tale], teacher=teacher)
    tale.refresh_from_db()
    return tale


def assigned(tale, teacher):
    approved(tale, teacher)
    services.assign(tales=[tale], classroom=tale.lesson.classroom)
    tale.refresh_from_db()
    return tale


def text(tale, words):
    return editing.edit_tale(
        tale=tale, version=tale.version, title=tale.title, text=words
    )


def code(verb, **asked):
    with pytest.raises(Refused) as refused:
        verb(**asked)
    assert refused.value.sentence
    return refused.value.code


def test_a_story_is_opened_approved_and_given_out(tale, robin):
    assert assigned(tale, robin).review == Review.ASSIGNED
    assert tale.assigned_at


def test_nothing_is_approved_unopened_not_even_among_many(tale, lesson, robin):
    other = TaleFactory(lesson=lesson)
    services.look_at(tale=tale, teacher=robin)

    assert code(services.approve, tales=[tale, other], teacher=robin) == "unread"
    assert set(Tale.objects.values_list("review", flat=True)) == {"draft"}
    services.look_at(tale=other, teacher=robin)
    assert services.approve(tales=[tale, other], teacher=robin) == 2


def test_what_another_teacher_opened_was_not_opened_by_this_one(tale, room, robin):
    heron = PersonFactory(role="teacher")
    Teaching.objects.create(classroom=room, teacher=heron)
    services.look_at(tale=tale, teacher=heron)

    assert code(services.approve, tales=[tale], teacher=robin) == "unread"


def test_a_draft_is_not_given_out(tale, room):
    assert code(services.assign, tales=[tale], classroom=room) == "draft"


@pytest.mark.parametrize("field", ["contact_name", "contact_how", "contact_email"])
def test_a_class_without_a_contact_gives_nothing_out(client, tale, room, robin, field):
    approved(tale, robin)
    setattr(room, field, "")
    room.save()

    client.force_login(robin)
    page = client.get(reverse("classrooms:room", args=[room.pk])).content.decode()
    assert "Nothing can be assigned yet" in page
    assert code(services.assign, tales=[tale], classroom=room) == "contact"


@pytest.mark.parametrize(
    "change",
    [
        lambda tale: text(tale, "A new text. It is short."),
        lambda tale: editing.edit_tale(
            tale=tale, version=tale.version, title="Other", text=tale.text
        ),
        lambda tale: editing.edit_question(
            question=tale.questions.get(),
            version=tale.version,
            text="Who?",
            options=["a", "b"],
            key="a",
            evidence=TOLD[1],
        ),
        lambda tale: editing.remove_question(
            question=tale.questions.get(), version=tale.version
        ),
        lambda tale: editing.change_meaning(
            tale=tale, version=tale.version, word="lantern", meaning="a light"
        ),
        lambda tale: services.make_again(tale=tale),
    ],
    ids=["text", "title", "question", "no question", "meaning", "made again"],
)
def test_every_change_takes_the_approval_back(tale, robin, change):
    QuestionFactory(tale=tale)
    assigned(tale, robin)

    change(tale)

    tale.refresh_from_db()
    assert tale.review == Review.DRAFT
    assert not Tale.objects.assigned_to(tale.pupil).exists()


def test_what_changed_since_it_was_opened_must_be_opened_again(tale, robin):
    services.look_at(tale=tale, teacher=robin)
    tale = text(tale, "A new text. It is short.")

    assert code(services.approve, tales=[tale], teacher=robin) == "unread"


def test_of_two_teachers_who_change_it_at_once_the_second_is_told(tale):
    before = tale.version
    text(tale, "The first one was here. She wrote this.")

    again = {"tale": tale, "version": before, "title": "x", "text": "The second."}
    assert code(editing.edit_tale, **again) == "changed"
    assert "first one" in Tale.objects.get().text


def test_the_second_one_finds_her_words_on_the_page(client, robin, tale):
    client.force_login(robin)
    form = {"title": "Mine", "text": "Words of the second.", "version": 99}

    page = client.post(reverse("lessons:edit", args=[tale.pk]), form)

    assert page.status_code == 422 and "Words of the second." in page.content.decode()


def test_sentences_that_stay_keep_who_wrote_them(tale):
    changed = text(tale, f"{TOLD[0]} I wrote this one.\n\n{TOLD[3]}")

    assert [[line["source"] for line in p] for p in changed.paragraphs] == [
        ["model", "teacher"],
        ["model"],
    ]


def test_a_fact_with_two_sentences_is_not_cut_by_an_edit(tale):
    fact = "The sign said: “Owls see well. They hear well.”"
    Tale.objects.update(paragraphs=[[{"text": fact, "source": "fact"}]])

    changed = text(Tale.objects.get(), f"{fact} She read it.")

    assert [line["source"] for line in changed.paragraphs[0]] == ["fact", "teacher"]


def test_an_edit_is_measured_anew_and_a_miss_is_told(tale):
    changed = text(tale, "Mira went home. It was late.")

    assert changed.report["words"] == {"lantern": 0}
    assert {"words", "level", "interest"} <= set(changed.report["missed"])
    assert changed.report["level"]["reached"] is False


def test_marks_stop_a_story_until_the_teacher_decides(tale, room, robin):
    tale = text(tale, f"{tale.text} Tobi had a gun. Mira ran.")
    assert [flag["rule"] for flag in tale.flags] == ["unsuitable"]
    approved(tale, robin)
    assert code(services.assign, tales=[tale], classroom=room) == "flags"

    decide = {"tale": tale, "version": tale.version, "number": 0, "fine": True}
    assert code(editing.decide, **decide) == "why"
    editing.decide(**decide, why="a water gun, as we read it in class")
    tale.refresh_from_db()
    services.assign(tales=[tale], classroom=room)
    assert Tale.objects.get().review == Review.ASSIGNED


def test_a_decision_holds_for_the_same_words_only(tale):
    tale = text(tale, f"{tale.text} There was a gun.")
    editing.decide(
        tale=tale, version=tale.version, number=0, fine=True, why="a toy one"
    )
    tale.refresh_from_db()
    tale = text(tale, f"{tale.text} And there was a knife.")

    assert [flag["word"] for flag in tale.undecided] == ["knife"]


def test_a_classmate_in_the_story_is_marked(tale, room):
    from tests.factories import PupilFactory

    PupilFactory(classroom=room, nickname="Tobias")
    tale = text(tale, "Mira saw Tobias. They played.")

    assert [(f["rule"], f["word"]) for f in tale.flags] == [("classmate", "Tobias")]


def test_a_question_whose_quote_is_gone_stops_the_story(tale, room, robin):
    QuestionFactory(tale=tale)
    tale = text(tale, "Quite another story. It was late.")
    approved(tale, robin)

    assert code(services.assign, tales=[tale], classroom=room) == "evidence"


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"evidence": "not there"}, "evidence"),
        ({"key": "c"}, "key"),
        ({"options": ["a", "A"]}, "options"),
        ({"options": ["a"]}, "key"),
        ({"text": ""}, "text"),
    ],
)
def test_a_question_that_proves_nothing_is_refused(tale, asked, why):
    good = {"text": "Who?", "options": ["a", "b"], "key": "a", "evidence": TOLD[1]}
    question = QuestionFactory(tale=tale)

    asked = {"question": question, "version": 1, **good, **asked}
    assert code(editing.edit_question, **asked) == why


def test_taking_it_back_keeps_what_was_answered(tale, mira, robin):
    from stories.lessons import reading

    assigned(tale, robin)
    reading.open_tale(tale=tale, pupil=mira)
    services.take_back(tale=tale)

    assert Tale.objects.get().review == Review.REVIEWED
    assert mira.readings.count() == 1


def test_the_review_page_says_that_a_machine_wrote_it(client, robin, tale):
    client.force_login(robin)
    page = client.get(reverse("lessons:tale", args=[tale.pk])).content.decode()

    assert "Written by a machine" in page


def test_opening_the_page_is_what_counts_as_opening(client, robin, tale):
    client.force_login(robin)
    client.get(reverse("lessons:tale", args=[tale.pk]))
    client.post(reverse("lessons:approve_one", args=[tale.pk]))
    client.post(reverse("lessons:assign_one", args=[tale.pk]))

    assert Tale.objects.get().review == Review.ASSIGNED


def test_on_paper_the_key_lies_apart_and_the_machine_is_named(client, robin, tale):
    QuestionFactory(tale=tale, key="a kite", options=["a lantern", "a drum", "a kite"])
    client.force_login(robin)
    address = reverse("lessons:printed", args=[tale.pk])
    paper, key = (client.get(address + q).content.decode() for q in ("", "?key=1"))

    assert paper.count("a kite") == paper.count("a drum") == 1
    assert "Written by a machine" in paper and TOLD[1] in paper
    assert "<strong>a kite</strong>" in key and TOLD[1] not in key
    assert "large-print" in client.get(address + "?large=1").content.decode()


def test_a_story_is_taken_along_as_a_book(client, robin, tale):
    client.force_login(robin)
    book = client.get(reverse("lessons:book", args=[tale.pk]))

    assert book["Content-Type"] == "application/epub+zip"
    assert "mira-and-the-lantern.epub" in book["Content-Disposition"]
    assert book.content.startswith(b"PK")


def test_a_plan_that_cannot_be_comes_back_with_all_that_was_typed(client, robin, room):
    client.force_login(robin)
    form = {
        "title": "Light", "goal": "brave " * 5000, "level": "easy", "hero": "Pip",
        "length": "short", "pronoun": "she", "for_class": "on", "writing": "own",
        "word0-word": "x" * 40, "facts": "Owls see well.",
    }  # fmt: skip
    page = client.post(reverse("lessons:plan", args=[room.pk]), form)

    told = page.content.decode()
    assert page.status_code == 422 and "500 characters" in told
    assert "Owls see well." in told and "x" * 40 in told and "brave brave" in told
    form |= {"goal": "Being brave"}
    page = client.post(reverse("lessons:plan", args=[room.pk]), form)
    assert page.status_code == 422 and "at most 30 characters" in page.content.decode()


# --- what pupils have answered ------------------------------------------------------
@pytest.fixture
def answer(tale, mira):
    question = QuestionFactory(tale=tale)
    read = verbs.open_tale(tale=tale, pupil=mira)
    return verbs.answer(reading=read, answers={question.pk: "a drum"})[0]


def asked(question, **changed):
    same = {
        "text": question.text, "options": question.options, "key": question.key,
        "evidence": question.evidence, "version": question.tale.version,
    }  # fmt: skip
    return {"question": question} | same | changed


def test_a_story_that_was_answered_is_not_made_anew_over_the_answers(tale, answer):
    assert code(services.make_again, tale=tale) == "answered"
    assert Answer.objects.exists()


def test_a_question_that_was_answered_stays_as_it_was_asked(tale, answer):
    question = answer.question
    remove = {"question": question, "version": tale.version}
    assert code(editing.remove_question, **remove) == "answered"
    other = asked(question, text="What did Mira lose?")
    assert code(editing.edit_question, **other) == "answered"
    assert Answer.objects.get().text == "a drum"


def test_a_key_that_is_set_right_marks_the_answers_anew(tale, answer):
    assert not answer.right

    editing.edit_question(**asked(answer.question, key="a drum"))

    answer.refresh_from_db()
    assert answer.right
