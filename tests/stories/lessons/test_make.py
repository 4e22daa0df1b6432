"""One job for a class: each story its own fate; stopped, gone on with, not doubled."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from stories.lessons import making, services
from stories.lessons.models import Lesson, Made, Making, Tale
from stories.services.refused import Refused
from storyloom.celery import stop_pools
from tests.factories import LessonFactory, PupilFactory
from users.classrooms import services as classes

database = pytest.mark.django_db
threads = pytest.mark.django_db(transaction=True)


@database
def test_a_class_gets_its_story_and_every_pupil_their_own(make, lesson, mira):
    PupilFactory(classroom=lesson.classroom, nickname="Oskar", level="middle")

    tales = {tale.pupil and tale.pupil.nickname: tale for tale in make(lesson)}

    assert set(tales) == {None, "Mira", "Oskar"}
    assert lesson.status == Making.DONE
    assert all(
        tale.made == Made.READY and tale.review == "draft" for tale in tales.values()
    )
    assert "old trains" in tales["Mira"].text and "Mira" in tales["Mira"].text
    assert tales["Oskar"].level == "middle" and tales[None].level == "easy"
    assert "Pip" in tales[None].text and "Mira" not in tales[None].text
    assert tales["Mira"].questions.count() >= 4
    assert tales["Mira"].model == "scribe"


@database
def test_one_level_for_all_if_the_teacher_says_so(make, lesson, mira):
    mira.level = "stretch"
    mira.save()
    Lesson.objects.update(own_level=False)
    lesson.refresh_from_db()

    assert {tale.level for tale in make(lesson)} == {"easy"}


@database
def test_words_to_practise_fill_the_room_the_lesson_leaves(make, lesson, mira):
    mira.practise = ["lantern", "feather", "two words"]
    mira.save()

    tale = next(tale for tale in make(lesson) if tale.pupil)

    assert [entry["word"] for entry in tale.glossary] == ["lantern", "feather"]
    assert tale.report["words"]["feather"] >= 3


@database
def test_one_failing_story_harms_no_other(make, scribe, lesson, mira, monkeypatch):
    PupilFactory(classroom=lesson.classroom, nickname="Oskar")
    compose = making.compose

    def breaks(engine, wish, **asked):
        if wish.hero == "Oskar":
            raise ValueError("a child's secret words")
        return compose(engine, wish, **asked)

    monkeypatch.setattr(making, "compose", breaks)
    made = {t.pupil and t.pupil.nickname: t for t in make(lesson)}

    assert made["Oskar"].made == Made.FAILED
    assert "secret" not in made["Oskar"].error and made["Oskar"].error
    assert made["Mira"].made == made[None].made == Made.READY


@database
def test_what_failed_is_tried_again_and_what_is_ready_stays(make, lesson, mira):
    make(lesson)
    kept = Tale.objects.get(pupil=None)
    Tale.objects.filter(pupil=mira).update(made=Made.FAILED, paragraphs=[])

    make(lesson)

    assert Tale.objects.get(pupil=mira).made == Made.READY
    assert Tale.objects.get(pupil=None).version == kept.version


@database
def test_a_pupil_who_comes_later_gets_a_story_too(make, lesson, mira):
    make(lesson)
    late = PupilFactory(classroom=lesson.classroom, nickname="Late")

    make(lesson)

    assert Tale.objects.get(pupil=late).made == Made.READY
    with pytest.raises(Refused, match="nothing"):
        services.make_tales(lesson=lesson)


@database
def test_a_second_delivery_of_the_task_changes_nothing(make, lesson, scribe):
    make(lesson)
    asked = len(scribe.prompts)

    for _time in range(10):
        making.make(lesson.pk)

    assert len(scribe.prompts) == asked and lesson.tales.count() == 1


@database
def test_an_engine_that_cannot_be_opened_fails_every_story_with_its_sentence(
    lesson, mira, monkeypatch
):
    from training.engine import EngineError

    def broken():
        raise EngineError("There is no model in this folder.")

    monkeypatch.setattr(making, "open_engine", broken)
    services.make_tales(lesson=lesson)
    making.make(lesson.pk)

    errors = set(lesson.tales.values_list("error", flat=True))
    assert errors == {"There is no model in this folder."}


class Job(threading.Thread):
    def __init__(self, lesson):
        super().__init__()
        self.lesson = lesson

    def run(self):
        from django.db import connection

        try:
            making.make(self.lesson.pk)
        finally:
            connection.close()


def until(true, patience=15):
    import time

    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.05)


@threads
def test_a_job_is_stopped_soon_and_gone_on_with(scribe, lesson, mira, monkeypatch):
    monkeypatch.setattr(services.make_lesson, "delay_on_commit", lambda pk: None)
    scribe.gate.clear()  # the engine is at work and silent
    services.make_tales(lesson=lesson)
    job = Job(lesson)
    job.start()
    until(lambda: lesson.tales.filter(made=Made.WRITING).exists())

    services.stop(lesson=lesson)
    job.join(10)

    assert not job.is_alive()
    lesson.refresh_from_db()
    assert lesson.status == Making.STOPPED and lesson.lease is None
    assert set(lesson.tales.values_list("made", flat=True)) == {Made.STOPPED}
    scribe.gate.set()
    services.go_on(lesson=lesson)
    making.make(lesson.pk)
    assert set(lesson.tales.values_list("made", flat=True)) == {Made.READY}


@threads
def test_pupils_and_lessons_deleted_while_the_job_runs_harm_nothing(
    scribe, lesson, mira, monkeypatch
):
    monkeypatch.setattr(services.make_lesson, "delay_on_commit", lambda pk: None)
    gone = PupilFactory(classroom=lesson.classroom, nickname="Gone")
    scribe.gate.clear()
    services.make_tales(lesson=lesson)
    job = Job(lesson)
    job.start()
    until(lambda: lesson.tales.filter(made=Made.WRITING).exists())

    classes.remove_pupil(pupil=gone)
    scribe.gate.set()
    job.join(20)

    assert set(lesson.tales.values_list("made", flat=True)) == {Made.READY}
    assert lesson.tales.count() == 2


@threads
def test_the_task_of_the_queue_makes_the_stories(scribe, lesson, mira):
    services.make_tales(lesson=lesson)
    until(lambda: Lesson.objects.get().status == Making.DONE)
    stop_pools(wait=True)

    assert set(lesson.tales.values_list("made", flat=True)) == {Made.READY}


@database
def test_a_job_whose_worker_died_can_be_gone_on_with(make, lesson, mira):
    services.make_tales(lesson=lesson)
    long_ago = timezone.now() - timedelta(minutes=2)
    Lesson.objects.update(status=Making.WORKING, alive_at=long_ago)
    lesson.refresh_from_db()

    services.recover(lesson=lesson)

    assert lesson.status == Making.STOPPED
    make(lesson)
    assert lesson.status == Making.DONE


@database
def test_a_queued_job_waits_as_long_as_another_one_works(lesson):
    long_ago = timezone.now() - timedelta(minutes=2)
    LessonFactory(status=Making.WORKING, alive_at=timezone.now())
    Lesson.objects.filter(pk=lesson.pk).update(status=Making.QUEUED, alive_at=long_ago)
    lesson.refresh_from_db()

    services.recover(lesson=lesson)

    assert lesson.status == Making.QUEUED


@database
def test_nothing_is_planned_or_made_twice_at_once(lesson, mira):
    services.make_tales(lesson=lesson)
    lesson.refresh_from_db()

    with pytest.raises(Refused, match="busy"):
        services.make_tales(lesson=lesson)


@database
def test_a_class_has_one_job_at_a_time_and_others_are_not_held_up(lesson, mira):
    beside = LessonFactory(classroom=lesson.classroom)
    elsewhere = LessonFactory()
    services.make_tales(lesson=lesson)

    with pytest.raises(Refused, match="busy"):
        services.make_tales(lesson=beside)
    assert services.make_tales(lesson=elsewhere) == 1


@pytest.mark.slow
@database
def test_a_class_of_thirty_five_is_made_in_one_job(make, lesson, scribe):
    PupilFactory.create_batch(35, classroom=lesson.classroom, interests=["kites"])

    tales = make(lesson)

    assert len(tales) == 36
    assert {tale.made for tale in tales} == {Made.READY}
    assert len({tale.text for tale in tales}) == 36
