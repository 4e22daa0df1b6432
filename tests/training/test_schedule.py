"""What begins unasked, when it may, and how long one is told that it takes."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from storyloom import clock
from tests.factories import PersonFactory
from training import ledger, reports, voices
from training.learning import quiet
from training.learning.run import learn
from training.models import Adapter, Example, TrainingRun
from training.voices import schedule

pytestmark = pytest.mark.django_db

Status, Trigger = TrainingRun.Status, TrainingRun.Trigger
NIGHT = datetime(2026, 11, 26, 2, 20, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch):
    """`at(moment)`: it is that time now, for whoever asks whether it is quiet."""

    def set_clock(moment):
        monkeypatch.setattr(timezone, "localtime", lambda value=None: value or moment)

    return set_clock


@pytest.fixture
def voiced(willing, at_once):
    """wren with a version made long enough ago that a run may begin again."""
    learn(voices.start_run(person=willing).pk)
    past = timezone.now() - timedelta(days=1)
    TrainingRun.objects.update(created_at=past - timedelta(minutes=5))
    Adapter.objects.update(created_at=past)
    return willing


def bring(person, words):
    text = " ".join(f"word{n}" for n in range(words))
    voices.bring_text(person=person, name="new.txt", content=text.encode())


def begun(person):
    before = set(TrainingRun.objects.values_list("pk", flat=True))
    number = voices.learn_what_is_new()
    new = TrainingRun.objects.owned_by(person).exclude(pk__in=before)
    assert number == len(new)
    return [run.trigger for run in new]


# -- why


def test_nothing_new_begins_nothing(voiced):
    assert begun(voiced) == []


def test_so_much_new_that_the_setting_is_reached_begins_a_run(voiced, tiny):
    words = ledger.own_words(voiced)
    bring(voiced, words // 5)
    assert begun(voiced) == []
    tiny.VOICE_NEW_PERCENT = 10
    assert begun(voiced) == ["signals"]


def test_after_some_days_a_little_that_is_new_is_enough(voiced, tiny):
    bring(voiced, schedule.FEWEST_NEW)
    assert begun(voiced) == []
    Adapter.objects.update(created_at=timezone.now() - timedelta(days=8))
    tiny.VOICE_DAYS = 0
    assert begun(voiced) == []
    tiny.VOICE_DAYS = 7
    assert begun(voiced) == ["schedule"]


def test_what_is_taken_out_is_unlearnt_unasked_once_it_is_calm(voiced):
    example = Example.objects.owned_by(voiced).first()
    voices.take_out(example=example)
    assert begun(voiced) == []  # more may follow
    Example.objects.filter(pk=example.pk).update(
        taken_out_at=timezone.now() - timedelta(hours=2)
    )
    assert begun(voiced) == ["taken"]
    learn(voiced.training_runs.first().pk)
    assert example.digest not in voiced.adapters.first().ledger
    assert not voices.standing_of(person=voiced).stale


def test_it_rests_longer_each_time_that_nothing_came_of_it(voiced):
    voice = voiced.voice
    assert schedule.rest(voice) == schedule.REST
    for number in range(1, 4):
        TrainingRun.objects.create(person=voiced, status=Status.FINISHED)
        assert schedule.rest(voice) == schedule.REST * 2**number
    for _ in range(5):
        TrainingRun.objects.create(person=voiced, status=Status.FAILED)
    assert schedule.rest(voice) == schedule.LONGEST_REST
    bring(voiced, 2 * ledger.own_words(voiced))
    assert begun(voiced) == []
    # What was cancelled proves nothing, and a version ends the count.
    TrainingRun.objects.filter(adapter=None).update(status=Status.CANCELLED)
    assert schedule.rest(voice) == schedule.REST


# -- when


@pytest.mark.parametrize(
    ("hours", "expected"),
    [("", []), ("8-10", [8, 9]), ("22-1", [22, 23, 0]), ("x", []), ("5-5", [])],
)
def test_which_hours_are_quiet(tiny, hours, expected):
    tiny.QUIET_HOURS = hours
    day = [NIGHT.replace(hour=hour) for hour in range(24)]
    assert sorted(t.hour for t in day if quiet.is_quiet(t)) == sorted(expected)


def test_when_quiet_is_over(tiny):
    tiny.QUIET_HOURS = "22-6"
    assert quiet.quiet_until(NIGHT) == NIGHT.replace(hour=6, minute=0)
    evening = NIGHT.replace(hour=23)
    assert quiet.quiet_until(evening) == datetime(2026, 11, 27, 6, tzinfo=UTC)
    assert quiet.quiet_until(NIGHT.replace(hour=12)) is None


def test_in_quiet_hours_nothing_begins_unasked(voiced, tiny, at):
    tiny.QUIET_HOURS = "22-6"
    bring(voiced, 2 * ledger.own_words(voiced))
    at(NIGHT)
    assert begun(voiced) == []
    at(NIGHT.replace(hour=7))
    assert begun(voiced) == ["signals"]


def test_what_waits_unasked_when_quiet_begins_waits_until_it_is_over(
    willing, tiny, at, at_once, client, django_capture_on_commit_callbacks, monkeypatch
):
    queued = []
    monkeypatch.setattr("training.tasks.learn.delay", queued.append)
    tiny.QUIET_HOURS = "22-6"
    run = voices.start_run(person=willing, trigger=Trigger.SIGNALS)
    at(NIGHT)
    learn(run.pk)
    run.refresh_from_db()
    assert (run.status, run.attempts) == (Status.QUEUED, 0)
    waiting = voices.waiting_of(run)
    assert waiting.not_before == NIGHT.replace(hour=6, minute=0)
    client.force_login(willing)
    page = client.get(f"/voice/runs/{run.pk}").content.decode()
    assert "waits until 06:00 UTC: the quiet hours" in page
    with django_capture_on_commit_callbacks(execute=True):
        assert voices.recover_runs() == 0
    at(NIGHT.replace(hour=6))
    with django_capture_on_commit_callbacks(execute=True):
        assert voices.recover_runs() == 1
    assert queued == [str(run.pk)]


def test_what_is_asked_for_begins_in_quiet_hours_too(willing, tiny, at, at_once):
    tiny.QUIET_HOURS = "22-6"
    at(NIGHT)
    run = voices.start_run(person=willing, trigger=Trigger.SCHEDULE)
    learn(run.pk)
    assert TrainingRun.objects.get().status == Status.QUEUED
    assert voices.start_run(person=willing).trigger == "person"
    learn(run.pk)
    assert TrainingRun.objects.get().status == Status.FINISHED


@pytest.mark.django_db(transaction=True)
def test_the_embedded_house_has_a_clock(monkeypatch):
    ticked, sent = threading.Event(), threading.Event()
    monkeypatch.setattr("training.voices.learn_what_is_new", ticked.set)
    monkeypatch.setattr("stories.lessons.letters.queue_due", sent.set)
    monkeypatch.setattr(
        "django.conf.settings.CELERY_BEAT_SCHEDULE", {"voices": {"schedule": 0.05}}
    )
    clock.start()
    try:
        assert ticked.wait(10) and sent.wait(10)
    finally:
        clock.stop()


def test_what_tends_the_runs_does_not_wait_behind_one():
    from storyloom.celery import app

    def queue(name):
        return app.amqp.router.route({}, f"training.tasks.{name}")["queue"].name

    assert queue("learn") == "training"
    assert queue("tend_runs") == queue("check_version") == "generation"


# -- how long


def done(seconds, words, **fields):
    now = timezone.now()
    return TrainingRun.objects.create(
        person=PersonFactory(),
        status=Status.FINISHED,
        words=words,
        started_at=now - timedelta(seconds=seconds),
        finished_at=now,
        **{"attempts": 1} | fields,
    )


def waiting(words, **fields):
    return TrainingRun.objects.create(
        **{"person": PersonFactory(), "words": words} | fields
    )


def test_the_guess_follows_the_words_and_those_before():
    done(100, 1000), done(300, 2000), done(400, 1000)  # .1, .15 and .4 s a word
    done(9000, 10, attempts=2)  # was cut off: nobody knows how long it took
    first, second = waiting(2000), waiting(4000)
    told = voices.waiting_of(second)
    assert (told.ahead, told.judged_by) == (1, 3)
    assert told.seconds == pytest.approx(0.15 * 6000)
    assert voices.waiting_of(first).ahead == 0


def test_what_is_at_work_needs_what_is_left_of_it():
    done(200, 1000)
    now = timezone.now()
    running = waiting(
        1000,
        status=Status.RUNNING,
        started_at=now - timedelta(seconds=150),
        progress={"seconds_left": 20.0},
    )
    assert voices.waiting_of(running).seconds == pytest.approx(50, abs=2)
    assert voices.waiting_of(waiting(1000)).seconds == pytest.approx(250, abs=2)
    # Slower than the others were: its own word for this part is the least.
    TrainingRun.objects.filter(pk=running.pk).update(
        started_at=now - timedelta(seconds=500)
    )
    running.refresh_from_db()
    assert voices.waiting_of(running).seconds == 20.0


def test_before_any_run_has_ended_nothing_is_promised(client):
    run = waiting(1000)
    assert voices.waiting_of(run).seconds is None
    client.force_login(run.person)
    page = client.get(f"/voice/runs/{run.pk}").content.decode()
    assert "not known yet" in page and "It is next." in page
    assert reports.minutes(None) == ""


def test_the_page_says_from_how_many_runs_it_guesses(client):
    done(600, 1000), done(600, 1000)
    run = waiting(1000)
    client.force_login(run.person)
    page = client.get(f"/voice/runs/{run.pk}").content.decode()
    assert "Until it is done: about 10 minutes, going by the last 2." in page
