"""Tasks without a broker run on threads here, after the commit."""

import logging
import threading

import pytest
from django.db import connections, transaction

from storyloom.celery import app
from users.models import User

seen: list[object] = []
done = threading.Event()


@app.task(name="stories.tasks.note_for_test")
def note(person_id):
    seen.append(User.objects.get(pk=person_id).email)
    seen.append(threading.current_thread().name)
    done.set()


@app.task(name="stories.tasks.fail_for_test")
def fail(person_id):
    raise ValueError("my brother drowned in May")


@pytest.fixture(autouse=True)
def fresh():
    seen.clear()
    done.clear()


@pytest.fixture
def wren():
    return User.objects.create_user(email="wren@example.org", password="x")


@pytest.mark.django_db(transaction=True)
def test_a_task_waits_for_the_commit_and_runs_on_its_queues_thread(wren):
    with transaction.atomic():
        note.delay_on_commit(wren.pk)
        assert not done.wait(0.1)
    assert done.wait(5)
    assert seen[0] == "wren@example.org"
    assert seen[1].startswith("storyloom-generation")


@pytest.mark.django_db(transaction=True)
def test_a_task_of_a_rolled_back_change_never_runs(wren):
    class Undo(Exception):
        pass

    with pytest.raises(Undo), transaction.atomic():
        note.delay_on_commit(wren.pk)
        raise Undo
    assert not done.wait(0.2)


@pytest.mark.django_db(transaction=True)
def test_a_finished_task_keeps_no_connection(wren):
    left = []

    @app.task(name="stories.tasks.look_for_test")
    def look():
        User.objects.count()
        left.append(connections["default"])

    look.delay().result(5)
    assert left[0].connection is None


def test_a_failed_task_is_logged_by_kind(caplog):
    with caplog.at_level(logging.ERROR, "storyloom.celery"):
        future = fail.delay(7)
        with pytest.raises(ValueError):
            future.result(5)
    [record] = [r for r in caplog.records if r.name == "storyloom.celery"]
    assert record.getMessage() == "Task stories.tasks.fail_for_test(7,) failed"


def test_training_has_its_own_thread():
    names = []

    @app.task(name="training.tasks.name_for_test")
    def name():
        names.append(threading.current_thread().name)

    name.delay().result(5)
    assert names[0].startswith("storyloom-training")


def test_tasks_carry_json_only():
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
