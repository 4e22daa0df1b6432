import asyncio
import time

import pytest
from channels.db import database_sync_to_async

from stories import services, writing
from stories.models import Status

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("wish", ["[[slow]]", "[[silent]]"])
async def test_a_passage_stops_within_a_second(editor, story, wren, wish):
    page = await editor(story, wren)
    ack = await page.ask("passage.request", mode="direct", text=wish)
    await page.until("passage.started")
    await asyncio.sleep(0.6)
    asked = time.monotonic()
    await page.say("passage.stop", passage=ack["passage"])
    finished = await page.until("passage.finished")
    assert time.monotonic() - asked < 1
    passage = await story.passages.aget()
    assert passage.status == finished["status"] == Status.STOPPED
    assert passage.text == finished["text"]
    if wish == "[[slow]]":
        assert passage.text


async def test_what_waits_in_the_queue_stops_at_once(editor, story, wren, monkeypatch):
    from stories import tasks

    monkeypatch.setattr(tasks.write_passage, "delay", lambda pk: None)
    page = await editor(story, wren)
    ack = await page.ask("passage.request", mode="continue")
    await page.say("passage.stop", passage=ack["passage"])
    finished = await page.until("passage.finished")
    assert finished["status"] == Status.STOPPED
    assert await database_sync_to_async(writing.claim)(ack["passage"]) is None
    assert (await story.passages.aget()).status == Status.STOPPED


def test_stopping_what_has_ended_changes_nothing(story):
    passage = services.request_passage(story=story, mode="write", text="Done.")
    services.stop_passage(passage=passage)
    passage.refresh_from_db()
    assert passage.status == Status.FINISHED and not passage.stop_asked


def test_a_stopped_passage_can_be_gone_on_from(story):
    passage = services.request_passage(story=story, mode="direct", text="[[silent]]")
    services.stop_passage(passage=passage)
    wait_for(lambda: not story.passages.under_way().exists())
    assert services.request_passage(story=story, mode="continue").parent == passage


def wait_for(condition, timeout=5):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
