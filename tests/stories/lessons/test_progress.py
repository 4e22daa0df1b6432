"""How the class is reading, and what the next story starts from."""

import csv
import io

import pytest
from django.urls import reverse

from stories.lessons import progress
from stories.lessons import reading as verbs
from stories.lessons.models import Answer
from stories.lessons.reading import open_tale
from stories.services import edit_passage, request_passage
from tests.factories import (
    LessonFactory,
    PupilFactory,
    QuestionFactory,
    TaleFactory,
)

pytestmark = pytest.mark.django_db


def answered(pupil, *right, word="", lesson=None):
    """One story read by the pupil, with so many answers, right and wrong."""
    tale = TaleFactory(review="assigned", **({"lesson": lesson} if lesson else {}))
    reading = open_tale(tale=tale, pupil=pupil)
    for is_right in right:
        question = QuestionFactory(tale=tale, word=word, kind="vocabulary")
        Answer.objects.create(
            reading=reading, question=question, text="x", right=is_right
        )
    return reading


def line(pupil):
    return next(x for x in progress.of_class(pupil.classroom) if x.pupil == pupil)


@pytest.mark.parametrize(
    ("answers", "level", "suggested"),
    [
        ([True] * 3, "easy", "easy"),
        ([True] * 6, "easy", "middle"),
        ([True, False, True, True, False, True], "easy", "easy"),
        ([False] * 4 + [True], "easy", "starter"),
        ([False] * 5, "starter", "starter"),
        ([True] * 5, "stretch", "stretch"),
    ],
)
def test_the_next_level_follows_the_answers_with_a_reason(
    mira, answers, level, suggested
):
    mira.level = level
    mira.save()
    answered(mira, *answers)

    found = line(mira)
    assert found.suggested == suggested and found.why


def test_only_the_last_few_stories_count_for_the_next_level(mira):
    answered(mira, *[False] * 6)
    for _story in range(3):
        answered(mira, *[True] * 3)

    assert line(mira).suggested == "middle"


def test_a_word_is_mastered_after_two_right_answers_the_last_one_right(mira):
    answered(mira, True, True, word="lantern")
    answered(mira, True, False, word="courage")

    found = line(mira)
    assert (found.mastered, found.to_practise) == (["lantern"], ["courage"])


def test_the_suggestion_becomes_the_profile_of_the_next_story(client, robin, mira):
    mira.practise = ["lantern"]
    mira.save()
    answered(mira, True, True, True, word="lantern")
    answered(mira, True, True, False, word="courage")
    client.force_login(robin)

    client.post(reverse("lessons:take_over", args=[mira.classroom_id, mira.pk]))

    mira.refresh_from_db()
    assert (mira.level, mira.practise) == ("easy", ["courage"])
    assert not line(mira).is_news


def read_own(pupil, lesson, level, *right, word=""):
    """One story made for the pupil at a level, answered so."""
    tale = TaleFactory(
        lesson=LessonFactory(classroom=lesson.classroom),
        pupil=pupil, level=level, review="assigned",
    )  # fmt: skip
    for is_right in right:
        question = QuestionFactory(tale=tale, word=word, kind="vocabulary")
        Answer.objects.create(
            reading=open_tale(tale=tale, pupil=pupil),
            question=question, text="x", right=is_right,
        )  # fmt: skip
    return tale


def test_what_a_pupil_needs_next_is_where_the_next_story_starts(make, lesson, mira):
    read_own(mira, lesson, "easy", *[True] * 5)
    read_own(mira, lesson, "easy", False, word="cosy")

    tales = {tale.pupil: tale for tale in make(lesson)}

    assert (tales[mira].level, tales[mira].practise) == ("easy", ["cosy"])
    read_own(mira, lesson, "easy", *[True] * 10)
    other = make(LessonFactory(classroom=lesson.classroom))
    assert {t.level for t in other if t.pupil} == {"middle"}
    mira.refresh_from_db()
    assert (mira.level, mira.practise) == ("easy", [])  # the profile is the teacher's


def test_the_word_to_practise_is_told_in_the_next_story(make, lesson, mira):
    read_own(mira, lesson, "easy", False, word="basket")

    tale = next(tale for tale in make(lesson) if tale.pupil == mira)

    assert "basket" in {entry["word"] for entry in tale.glossary}


def test_a_plan_may_start_from_the_profile_instead(make, lesson, mira):
    lesson.own_needs = False
    lesson.save()
    read_own(mira, lesson, "easy", *[True] * 8, word="cosy")

    tale = next(tale for tale in make(lesson) if tale.pupil == mira)

    assert (tale.level, tale.practise) == ("easy", [])


def test_two_plans_in_a_row_are_not_two_steps_up(make, lesson, mira):
    read_own(mira, lesson, "easy", *[True] * 8)
    for _time in range(2):
        other = LessonFactory(classroom=lesson.classroom)
        tale = next(tale for tale in make(other) if tale.pupil == mira)
        assert tale.level == "middle"

    read_own(mira, lesson, "middle", True, True)
    assert line(mira).suggested == "middle"  # two answers there tell little
    read_own(mira, lesson, "middle", True, True)
    assert line(mira).suggested == "stretch"


def test_the_plan_shows_what_each_story_starts_from(client, robin, lesson, mira):
    read_own(mira, lesson, "easy", *[True] * 8)
    client.force_login(robin)

    page = client.get(reverse("lessons:lesson", args=[lesson.pk])).content.decode()

    assert "middle (years 3 to 5)" in page and "8 of 8 right" in page


def test_the_next_plan_begins_with_the_words_many_got_wrong(client, robin, mira):
    answered(mira, False, word="courage")
    client.force_login(robin)

    page = client.get(reverse("lessons:plan", args=[mira.classroom_id]))

    assert 'value="courage"' in page.content.decode()


def test_the_table_is_safe_in_a_spreadsheet(client, robin, mira):
    answered(mira, True)
    type(mira).objects.filter(pk=mira.pk).update(nickname="=cmd|' /C calc'!A0")
    client.force_login(robin)

    response = client.get(reverse("lessons:progress_csv", args=[mira.classroom_id]))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))

    assert rows[1][0].startswith("'=") and rows[0][0] == "nickname"
    assert not any(cell.startswith(("=", "+", "@")) for cell in rows[1])


def test_own_words_of_danger_are_told_to_the_teacher_and_met_with_help(
    client, robin, mira, lesson
):
    tale = TaleFactory(lesson=lesson, pupil=mira, review="assigned")
    own = QuestionFactory(tale=tale, kind="own life", options=[], key="")
    reading = open_tale(tale=tale, pupil=mira)
    verbs.answer(reading=reading, answers={own.pk: "I want to kill myself."})

    assert line(mira).marks == 1
    client.force_login(robin)
    address = reverse("lessons:progress", args=[mira.classroom_id])
    assert "please read" in client.get(address).content.decode()
    client.force_login(mira.account, backend="users.classrooms.backend.PupilBackend")
    page = client.get(reverse("reading:read", args=[tale.pk])).content.decode()
    assert "speak with a person" in page


def test_nobody_is_ranked_and_no_feeling_is_told(client, robin, mira):
    PupilFactory(classroom=mira.classroom, nickname="Aaron")
    answered(mira, *[True] * 6)
    client.force_login(robin)

    page = client.get(reverse("lessons:progress", args=[mira.classroom_id]))
    lines = page.context["lines"]

    assert [x.pupil.nickname for x in lines] == ["Aaron", "Mira"]
    assert "mood" not in page.content.decode().lower()
    assert not {f for f in vars(lines[0]) if "tone" in f or "mood" in f}


@pytest.mark.parametrize("pupils", [2, 35])
def test_teacher_pages_ask_the_database_at_most_twelve_times(
    client, robin, lesson, make, pupils, django_assert_max_num_queries
):
    PupilFactory.create_batch(pupils, classroom=lesson.classroom)
    make(lesson) if pupils == 2 else [
        TaleFactory(lesson=lesson, pupil=p) for p in lesson.classroom.pupils.all()
    ]
    for pupil in lesson.classroom.pupils.all():
        read = answered(pupil, True, False, word="lantern", lesson=None)
        story = verbs.open_turn(reading=read)
        piece = request_passage(story=story, mode="write", text="An owl.")
        edit_passage(passage=piece, text="An old owl.")
    client.force_login(robin)
    tale = lesson.tales.first()
    QuestionFactory.create_batch(3, tale=tale)
    room = lesson.classroom
    pages = [
        reverse("classrooms:room", args=[room.pk]),
        reverse("lessons:shelf", args=[room.pk]),
        reverse("lessons:plan", args=[room.pk]),
        reverse("lessons:lesson", args=[lesson.pk]),
        reverse("lessons:tales", args=[lesson.pk]),
        reverse("lessons:tale", args=[tale.pk]),
        reverse("lessons:printed", args=[tale.pk]),
        reverse("lessons:progress", args=[room.pk]),
        reverse("lessons:progress_csv", args=[room.pk]),
        reverse("lessons:pupil", args=[room.pk, room.pupils.first().pk]),
    ]
    client.get(pages[0])
    for page in pages:
        with django_assert_max_num_queries(12):
            assert client.get(page).status_code == 200
