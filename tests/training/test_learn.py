"""From words in the ledger to a voice that speaks: a real model, a real process."""

import os
import signal
import subprocess
import threading
import time

import pytest

from stories import services, writing
from tests.factories import PassageFactory
from training import ledger, voices
from training.learning import apart
from training.learning.run import learn
from training.models import Adapter, Example, TrainingRun, Voice
from training.services import engine
from users import services as people

pytestmark = pytest.mark.django_db

Status = TrainingRun.Status


@pytest.fixture
def learnt(willing, at_once):
    """A finished run of wren's."""
    run = voices.start_run(person=willing)
    learn(run.pk)
    run.refresh_from_db()
    assert run.status == Status.FINISHED, run.error
    return run


def written(story):
    passage = services.request_passage(story=story, mode="continue")
    writing.write(passage.pk)
    passage.refresh_from_db()
    assert passage.status == "finished", passage.error
    return passage


def test_words_become_a_voice_that_writes_the_next_passage(willing, story, wren):
    run = voices.start_run(person=willing)
    learn(run.pk)
    run.refresh_from_db()
    assert run.status == Status.FINISHED, run.error
    gates = run.report["gates"]
    assert run.report["passed"] and gates["better"]["change_high"] < 0
    assert gates["serving"]["passed"] and gates["integrity"]["passed"]
    adapter = wren.adapters.get()
    assert adapter.number == 1 and Voice.objects.get(person=wren).adapter == adapter
    assert not run.folder.exists()
    passage = written(story)
    assert passage.adapter == adapter.label
    assert str(adapter.folder) in engine().voices


def test_samples_before_and_after_are_kept_with_the_run(learnt):
    assert learnt.samples[0].keys() == {"opening", "before", "after"}
    assert "samples" not in learnt.report


def test_a_sample_that_no_database_takes_is_kept_without_what_cannot_be(
    willing, fitted, at_once
):
    _adapter, done = fitted
    told = done.report["samples"][0]
    before = told["after"]
    told["after"] = "The\x00 river\ud800."
    try:
        run = voices.start_run(person=willing)
        learn(run.pk)
    finally:
        told["after"] = before
    run.refresh_from_db()
    assert run.status == Status.FINISHED, run.error
    assert run.samples[0]["after"] == "The river."


def test_nobody_else_ever_hears_it(learnt, wren, crow):
    theirs = services.start_story(person=crow, title="The owl")
    assert written(theirs).adapter == ""
    # Not even if a row should point at someone else's.
    voices.let_learn(person=crow, learns=True)
    Voice.objects.filter(person=crow).update(adapter=wren.adapters.get())
    assert written(theirs).adapter == ""


def test_one_click_goes_back_and_forth(learnt, story, wren):
    first = wren.adapters.get()
    run = voices.start_run(person=wren)
    learn(run.pk)
    second = wren.adapters.first()
    assert second.number == 2 and second.after == first
    assert written(story).adapter == second.label
    voices.use_version(adapter=first)
    assert written(story).adapter == first.label
    voices.speak_plainly(person=wren)
    assert written(story).adapter == ""


def test_a_forgotten_version_is_gone_from_disk_and_memory(
    learnt, story, wren, django_capture_on_commit_callbacks
):
    adapter = wren.adapters.get()
    written(story)
    with django_capture_on_commit_callbacks(execute=True):
        voices.forget_version(adapter=adapter)
    assert not adapter.folder.exists()
    deadline = time.monotonic() + 5
    while engine().voices:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert written(story).adapter == ""


def test_erasing_the_account_leaves_no_weights(
    learnt, wren, tiny, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        people.erase_account(person=wren)
    assert not Adapter.objects.exists() and not Example.objects.exists()
    assert not list((tiny.VAR / "voices").iterdir())
    left = [path for path in (tiny.VAR / "runs").rglob("*") if path.is_file()]
    assert left == []


def test_with_another_model_the_old_voice_rests(learnt, story, wren):
    wren.adapters.update(fingerprint="0" * 32)
    assert written(story).adapter == ""


def test_a_voice_whose_files_are_lost_keeps_no_story_waiting(learnt, story, wren):
    for path in wren.adapters.get().folder.iterdir():
        path.unlink()
    wren.adapters.get().folder.rmdir()
    assert written(story).adapter == ""


def test_a_disabled_version_does_not_speak(learnt, story, wren):
    wren.adapters.update(disabled=True)
    assert written(story).adapter == ""
    with pytest.raises(voices.Refused, match="disabled"):
        voices.use_version(adapter=wren.adapters.get())


# -- taken out


def test_what_is_taken_out_makes_the_version_stale_and_is_not_learnt_again(
    learnt, wren
):
    assert not voices.standing_of(person=wren).stale
    example = Example.objects.owned_by(wren).in_time()[3]
    voices.take_out(example=example)
    assert voices.standing_of(person=wren).stale
    learn(voices.start_run(person=wren).pk)
    assert not voices.standing_of(person=wren).stale
    assert example.digest not in wren.adapters.first().ledger
    voices.put_back(example=example)
    assert voices.standing_of(person=wren).new_words >= example.words


def test_what_is_taken_out_while_it_is_learnt_is_not_published(willing, monkeypatch):
    original = ledger.refresh
    calls = []

    def refresh(person):
        original(person)
        calls.append(person)
        if len(calls) == 2:  # after the fit, before it is judged
            voices.take_out(example=Example.objects.owned_by(person).first())

    run = voices.start_run(person=willing)
    monkeypatch.setattr("training.learning.run.ledger.refresh", refresh)
    learn(run.pk)
    run.refresh_from_db()
    assert run.status == Status.FAILED and "taken out" in run.error
    assert not Adapter.objects.exists() and not run.folder.exists()


def test_a_no_in_between_ends_the_run(willing):
    run = voices.start_run(person=willing)
    voices.let_learn(person=willing, learns=False)
    learn(run.pk)
    run.refresh_from_db()
    assert run.status == Status.CANCELLED and not Adapter.objects.exists()


# -- many deliveries, and ends that nobody planned


@pytest.mark.django_db(transaction=True)
def test_ten_deliveries_make_one_run(willing):
    run = voices.start_run(person=willing)
    threads = [threading.Thread(target=learn, args=[run.pk]) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    deadline = time.monotonic() + 60  # the queue may have been quicker than all ten
    while TrainingRun.objects.open().exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    run.refresh_from_db()
    assert run.status == Status.FINISHED and run.attempts == 1
    assert Adapter.objects.count() == 1


def test_where_the_weights_are_out_of_reach_nothing_is_begun(willing, settings):
    settings.STORYLOOM_MODEL = "http://gpu.example/v1"
    with pytest.raises(voices.Refused, match="elsewhere"):
        voices.start_run(person=willing)
    assert not TrainingRun.objects.exists()


def test_asking_twice_is_asking_once(willing):
    assert voices.start_run(person=willing) == voices.start_run(person=willing)


def during(willing, act):
    """Do something as soon as the run learns; the run afterwards."""
    run = voices.start_run(person=willing)
    original, acts = apart.follow, [act]

    def follow(fit):
        steps = original(fit)
        for progress in steps:
            yield progress
            if progress is not None and progress.stage == "voice" and acts:
                acts.pop()(run)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.learning.run.follow", follow)
        learn(run.pk)
    run.refresh_from_db()
    return run


def test_a_cancelled_run_leaves_nothing(willing):
    run = during(willing, lambda run: voices.cancel_run(run=run))
    assert run.status == Status.CANCELLED and run.finished_at
    assert not run.folder.exists() and not Adapter.objects.exists()


def test_a_paused_run_goes_on_from_its_checkpoint(willing):
    run = during(willing, lambda run: voices.pause_run(run=run))
    assert run.status == Status.PAUSED
    assert (run.folder / "voice" / "checkpoint").is_dir()
    before = run.progress["step"]
    assert before < run.progress["steps"]
    voices.resume_run(run=run)
    learn(run.pk)
    run.refresh_from_db()
    assert run.status == Status.FINISHED and run.progress["step"] > before
    assert Adapter.objects.count() == 1


def test_a_killed_process_is_taken_up_again(willing, monkeypatch):
    made = []
    original = subprocess.Popen

    def remembered(*args, **options):
        made.append(original(*args, **options))
        return made[-1]

    monkeypatch.setattr(apart.subprocess, "Popen", remembered)
    run = during(willing, lambda run: os.kill(made[-1].pid, signal.SIGKILL))
    assert run.status == Status.QUEUED and not Adapter.objects.exists()
    learn(run.pk)
    run.refresh_from_db()
    assert run.status == Status.FINISHED and run.attempts == 2


def test_a_run_killed_again_and_again_has_failed_and_says_so(willing, monkeypatch):
    monkeypatch.setattr(apart, "COMMAND", ["true"])
    run = voices.start_run(person=willing)
    for _ in range(10):
        learn(run.pk)
    run.refresh_from_db()
    assert run.status == Status.FAILED and "too often" in run.error


def test_a_process_that_ends_puts_its_run_down(willing):
    run = during(willing, lambda run: voices.put_down_all())
    assert (
        run.status == Status.QUEUED and (run.folder / "voice" / "checkpoint").is_dir()
    )


def test_a_run_whose_worker_is_gone_is_queued_again(willing):
    run = voices.start_run(person=willing)
    TrainingRun.objects.update(status=Status.RUNNING, alive_at=run.created_at)
    assert voices.recover_runs() == 0  # it is alive
    voices.take_up_all()
    run.refresh_from_db()
    assert run.status == Status.QUEUED


def test_a_person_erased_mid_run_ends_it(
    willing, tiny, django_capture_on_commit_callbacks
):
    run = voices.start_run(person=willing)
    original = apart.follow

    def follow(fit):
        for progress in original(fit):
            yield progress
            if progress is not None and progress.stage == "voice":
                with django_capture_on_commit_callbacks(execute=True):
                    people.erase_account(person=willing)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.learning.run.follow", follow)
        learn(run.pk)
    assert not TrainingRun.objects.exists() and not Adapter.objects.exists()
    assert not (tiny.VAR / "runs" / str(run.pk)).exists()


def test_a_story_deleted_mid_run_is_not_learnt(willing, story):
    for number in range(3):
        PassageFactory(story=story, text=f"The river was high. {number}")
    run = during(willing, lambda run: services.delete_story(story=story))
    assert run.status == Status.FAILED and "taken out" in run.error
    assert not Adapter.objects.exists()


def test_a_full_disk_is_said_and_changes_nothing(learnt, wren, monkeypatch):
    def full(*args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("training.learning.run.shutil.move", full)
    run = voices.start_run(person=wren)
    learn(run.pk)
    run.refresh_from_db()
    assert run.status == Status.FAILED and "no room" in run.error
    assert Voice.objects.get(person=wren).adapter.number == 1


# -- the whole house


def test_an_admin_may_pause_all_learning_and_let_it_go_on(willing, at_once):
    voices.pause_all(paused=True)
    run = voices.start_run(person=willing)
    learn(run.pk)
    run.refresh_from_db()
    assert run.status == Status.QUEUED and run.attempts == 0
    assert voices.learn_what_is_new() == 0
    voices.pause_all(paused=False)
    learn(run.pk)
    run.refresh_from_db()
    assert run.status == Status.FINISHED


def test_a_pause_puts_down_what_is_under_way(willing):
    run = during(willing, lambda run: voices.pause_all(paused=True))
    assert run.status == Status.QUEUED
    assert (run.folder / "voice" / "checkpoint").is_dir()
