"""Workers die, tasks come twice: the text is kept and is written once."""

import sys
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from stories import services, writing
from stories.models import Passage, Status, Story
from storyloom.celery import stop_pools
from tests.factories import PassageFactory, StoryFactory
from training.services import engine
from users.services import erase_account

database = pytest.mark.django_db
threads = pytest.mark.django_db(transaction=True)


def under_way(story, **fields):
    fields = {"author": "model", "status": Status.WRITING, "text": "So far"} | fields
    return PassageFactory(story=story, **fields)


def ago(seconds):
    return timezone.now() - timedelta(seconds=seconds)


@database
def test_a_passage_whose_writer_is_silent_is_interrupted_and_keeps_its_text(story):
    passage = under_way(story, alive_at=ago(6))
    assert services.recover(story=story) == []
    passage.refresh_from_db()
    assert (passage.status, passage.text) == (Status.INTERRUPTED, "So far")


@database
def test_a_passage_whose_writer_is_alive_is_left_alone(story):
    passage = under_way(story, alive_at=ago(2))
    assert services.recover(story=story) == [passage]


@database
def test_a_passage_waits_a_minute_in_an_idle_queue(story):
    passage = under_way(story, status=Status.QUEUED, text="")
    assert services.recover(story=story) == [passage]
    Passage.objects.update(created_at=ago(61))
    assert services.recover(story=story) == []


@database
def test_a_passage_waits_longer_while_others_are_written(story):
    passage = under_way(story, status=Status.QUEUED, text="")
    Passage.objects.update(created_at=ago(300))
    under_way(StoryFactory(), alive_at=ago(1))
    assert services.recover(story=story) == [passage]


@database
def test_everything_is_interrupted_when_the_only_writer_begins_or_ends(story):
    under_way(story, alive_at=ago(0))
    under_way(story, status=Status.QUEUED)
    finished = PassageFactory(story=story)
    assert services.interrupt_all() == 2
    finished.refresh_from_db()
    assert finished.status == Status.FINISHED
    assert not story.passages.under_way().exists()


@database
def test_a_writer_and_a_person_who_stops_it_take_their_locks_in_one_order(
    story, django_assert_max_num_queries
):
    passage = services.request_passage(story=story, mode="continue")
    writer = writing.Writer(writing.claim(passage.pk))
    with django_assert_max_num_queries(20) as end:
        writer.finish(Status.FINISHED)
    changed = [q["sql"].split()[1] for q in end if q["sql"].startswith("UPDATE")]
    assert changed == ['"stories_story"', '"stories_passage"']


@database
def test_an_interrupted_passage_is_no_longer_written(story):
    passage = services.request_passage(story=story, mode="continue")
    claimed = writing.claim(passage.pk)
    writer = writing.Writer(claimed)
    services.interrupt_all()
    writer.text = "Too late."
    writer.saved_at = 0.0
    assert writer.keep_going() is False
    writer.finish(Status.FINISHED)
    passage.refresh_from_db()
    assert (passage.status, passage.text) == (Status.INTERRUPTED, "")


@database
def test_a_task_delivered_again_writes_nothing(story):
    passage = services.request_passage(story=story, mode="continue")
    writing.write(passage.pk)
    passage.refresh_from_db()
    text = passage.text
    writing.write(passage.pk)
    passage.refresh_from_db()
    assert passage.text == text != ""


@database
def test_a_task_for_a_passage_that_is_gone_ends_quietly():
    writing.write(4711)


@threads
def test_ten_deliveries_at_once_write_one_text(story, monkeypatch):
    passage = Passage.objects.create(
        story=story, number=1, author="model", mode="direct", status=Status.QUEUED,
        direction="[[end]]",
    )  # fmt: skip
    begun = []
    generate = type(engine()).generate

    def watch(self, *args):
        begun.append(1)
        return generate(self, *args)

    monkeypatch.setattr(type(engine()), "generate", watch)

    def deliver():
        writing.write(passage.pk)
        connection.close()

    tasks = [threading.Thread(target=deliver) for _ in range(10)]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()
    passage.refresh_from_db()
    assert len(begun) == 1
    assert passage.status == Status.FINISHED and len(passage.text.split()) == 5


@threads
async def test_the_page_learns_that_a_writer_is_gone(editor, story, wren):
    from asgiref.sync import sync_to_async

    page = await editor(story, wren)
    passage = await sync_to_async(under_way)(story, alive_at=ago(6))
    await page.say("story.check")
    finished = await page.until("passage.finished")
    assert finished["status"] == Status.INTERRUPTED
    assert (finished["passage"], finished["text"]) == (passage.pk, "So far")
    retry = await page.ask("passage.retry", passage=passage.pk)
    await page.until("passage.finished", passage=retry["passage"], status="finished")


@threads
def test_no_transaction_is_open_while_the_engine_works(story, monkeypatch):
    passage = Passage.objects.create(
        story=story, number=1, author="model", mode="continue", status=Status.QUEUED
    )
    seen = []
    generate = type(engine()).generate

    def watch(self, *args):
        for piece in generate(self, *args):
            seen.append(connection.in_atomic_block or connection.connection is not None)
            yield piece

    monkeypatch.setattr(type(engine()), "generate", watch)
    writing.write(passage.pk)
    assert seen and not any(seen)


@threads
@pytest.mark.parametrize("goes", ["the person", "the story"])
def test_what_is_erased_while_it_is_written_stays_erased(story, wren, goes, caplog):
    services.request_passage(story=story, mode="direct", text="[[slow]] Rain.")
    until(lambda: story.passages.filter(status=Status.WRITING).exclude(text=""))
    if goes == "the person":
        erase_account(person=wren)
    else:
        services.delete_story(story=story)
    asked = time.monotonic()
    stop_pools(wait=True)
    assert time.monotonic() - asked < 2
    assert not Passage.objects.exists() and not Story.objects.exists()
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


@threads
def test_a_tone_that_cannot_be_read_costs_no_word(story, monkeypatch):
    monkeypatch.setitem(sys.modules, "training.engine.guide", None)  # not installed
    passage = services.request_passage(story=story, mode="direct", text="[[end]]")
    until(lambda: story.passages.exclude(finished_at=None))
    passage.refresh_from_db()
    assert passage.status == Status.FINISHED and passage.text
    assert passage.tone_measured is None


def until(rows, seconds=5):
    end = time.monotonic() + seconds
    while not rows().exists():
        assert time.monotonic() < end
        time.sleep(0.05)
