"""Refresh, network loss and a second tab: nobody loses or doubles a character."""

import asyncio
import random

import pytest

from stories import events
from stories.consumers import in_thread
from stories.models import Story
from tests.factories import PassageFactory

pytestmark = pytest.mark.django_db(transaction=True)


class Page:
    """What the page keeps: it only appends, and takes the state when it gets one."""

    def __init__(self, passage):
        self.passage, self.text, self.status = passage, "", ""

    def take(self, message):
        if message["type"] == "story.state":
            for at_work in message["under_way"]:
                if at_work["passage"] == self.passage:
                    self.text = at_work["text"]
        elif message.get("passage") == self.passage:
            if message["type"] == "passage.chunk":
                assert message["offset"] == len(self.text)
                self.text += message["text"]
            elif message["type"] == "passage.finished":
                assert message["text"].startswith(self.text.rstrip())
                self.text, self.status = message["text"], message["status"]


@pytest.mark.parametrize("seed", range(3))
async def test_a_page_that_drops_and_comes_back_has_every_character(
    editor, story, wren, seed
):
    dice = random.Random(seed)
    await Story.objects.aupdate(length="short")
    tab = await editor(story, wren)
    ack = await tab.ask("passage.request", mode="direct", text="[[slow]] [[emoji]]")
    page = Page(ack["passage"])
    for _ in range(4):
        await tab.disconnect()
        await asyncio.sleep(dice.uniform(0, 0.3))
        tab = await editor(story, wren)
        page.take(tab.state)
        for _ in range(dice.randrange(1, 6)):
            page.take(await tab.hear())
            if page.status:
                break
    while not page.status:
        page.take(await tab.hear())
    assert page.text == (await story.passages.aget()).text != ""


async def test_two_tabs_hear_the_same_passage(editor, story, wren):
    await Story.objects.aupdate(length="short")
    one, two = await editor(story, wren), await editor(story, wren)
    ack = await one.ask("passage.request", mode="direct", text="[[slow]]")
    for tab in (one, two):
        page = Page(ack["passage"])
        for message in tab.heard:
            page.take(message)
        while not page.status:
            page.take(await tab.hear())
        assert page.text == (await story.passages.aget()).text


async def test_what_one_tab_does_the_other_hears(editor, story, wren):
    one, two = await editor(story, wren), await editor(story, wren)
    ack = await one.ask("passage.request", mode="write", text="Mine.")
    await two.until("story.changed", version=1)
    await one.ask("passage.delete", passage=ack["passage"])
    await two.until("story.changed", version=2)
    await two.ask("story.undo")
    await one.until("story.changed", version=3)
    await one.say("story.check")
    state = await one.until("story.state")
    assert state["tip"] == ack["passage"]
    assert state["can_redo"] and state["redo_label"] == "deleting"


async def test_a_lost_chunk_is_filled_in_from_the_database(editor, story, wren):
    tab = await editor(story, wren)
    passage = await in_thread(PassageFactory)(
        story=story, author="model", status="writing", text="One two"
    )
    await passage.arefresh_from_db()
    chunk = events.PassageChunk(passage.pk, offset=7, text=" three")
    await type(passage).objects.aupdate(alive_at="2100-01-01T00:00Z")
    await asyncio.to_thread(events.publish, story.pk, chunk)
    state = await tab.until("story.state")
    assert state["under_way"][0]["text"] == "One two"
    chunk = await tab.until("passage.chunk")
    assert (chunk["offset"], chunk["text"]) == (7, " three")
