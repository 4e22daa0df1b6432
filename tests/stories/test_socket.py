"""The door of the editor: who comes in, and what may be said."""

import asyncio
import json
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone

from stories.consumers import in_thread
from stories.models import Passage
from tests.factories import PassageFactory, StoryFactory

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_state_is_told_at_once(editor, story, wren):
    page = await editor(story, wren)
    assert page.state == {
        "type": "story.state",
        "version": 0,
        "tip": None,
        "can_undo": False,
        "can_redo": False,
        "undo_label": "",
        "redo_label": "",
        "blind": None,
        "under_way": [],
    }


async def test_whoever_is_logged_out_is_asked_to_log_in(editor, story):
    page = await editor(story)
    assert (page.state["type"], page.state["code"]) == ("error", "logged_out")
    assert await page.close_code() == 4401


@pytest.mark.parametrize("missing", [True, False])
async def test_a_strangers_story_is_as_unknown_as_one_that_is_not_there(
    editor, story, crow, missing
):
    page = await editor(uuid4() if missing else story, crow)
    assert page.state["code"] == "no_story"
    assert await page.close_code() == 4404


async def test_a_refused_socket_does_nothing_more(editor, story, crow):
    page = await editor(story, crow)
    await page.say("passage.request", mode="write", text="Intruder.")
    assert await page.close_code() == 4404
    assert not await story.passages.aexists()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
async def test_a_foreign_page_may_not_open_a_socket(editor, story, wren, origin):
    from tests.conftest import Editor

    page = await in_thread(Editor)(story, wren, origin)
    assert not await page.connect()


async def test_logging_out_closes_the_socket(editor, story, wren):
    page = await editor(story, wren)
    await in_thread(page.client.post)("/accounts/logout/")
    assert await page.close_code() == 4401
    assert page.heard[-1] == {"type": "session.ended"}


@pytest.mark.parametrize("message", [
    {"type": "passage.request", "mode": "write", "text": "Too late."},
    {"type": "story.check"},
])  # fmt: skip
async def test_a_socket_does_nothing_more_once_its_session_is_over(
    editor, story, wren, message
):
    page = await editor(story, wren)
    await Session.objects.aupdate(expire_date=timezone.now())
    await page.say(**message)
    assert await page.close_code() == 4401
    assert page.heard[-1] == {"type": "session.ended"}
    assert not await story.passages.aexists()


async def test_a_switched_off_account_has_no_socket(editor, story, wren):
    await get_user_model().objects.aupdate(is_active=False)
    page = await editor(story, wren)
    assert page.state["code"] == "logged_out"


async def test_an_oversized_frame_closes_the_socket_and_loses_nothing(
    editor, story, wren
):
    page = await editor(story, wren)
    await page.ask("passage.request", mode="write", text="Kept.")
    await page.say("passage.request", mode="write", text="a" * 65_536)
    assert await page.close_code() == 1009
    assert "64 KB" in page.heard[-1]["message"]
    assert (await story.passages.aget()).text == "Kept."


async def test_a_frame_is_measured_in_bytes(editor, story, wren):
    page = await editor(story, wren)
    await page.send_text(
        json.dumps({"type": "x", "text": "鹭" * 30_000}, ensure_ascii=False)
    )
    assert await page.close_code() == 1009


MALFORMED = {
    "not JSON": "hello",
    "half JSON": '{"type": ',
    "deep JSON": "[" * 50_000,
    "a list": "[]",
    "a number": "5",
    "no type": '{"key": "x"}',
    "a type that is a number": '{"type": 5}',
    "an unknown type": '{"type": "story.steal", "key": "k"}',
    "the name of a method": '{"type": "send_state", "key": "k"}',
    "no key": '{"type": "story.undo"}',
    "a key that is no UUID": '{"type": "story.undo", "key": "k"}',
    "a missing field": {"type": "passage.delete"},
    "a passage as text": {"type": "passage.delete", "passage": "1"},
    "a passage as truth": {"type": "passage.delete", "passage": True},
    "a passage as a list": {"type": "passage.delete", "passage": [1]},
    "a passage out of reach": {"type": "passage.delete", "passage": 10**30},
    "a passage that is half": {"type": "passage.delete", "passage": 1.5},
    "words as a number": {"type": "passage.request", "mode": "write", "text": 5},
    "words as an object": {"type": "passage.request", "mode": "write", "text": {}},
    "a setting as a list": {"type": "story.set", "field": "title", "value": []},
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_malformed_message_gets_a_sentence(editor, story, wren, name):
    page = await editor(story, wren)
    said = MALFORMED[name]
    if isinstance(said, dict):
        said = json.dumps(said | {"key": str(uuid4())})
    await page.send_text(said)
    error = await page.until("error")
    assert error["code"] == "malformed" and error["message"].endswith(".")
    assert (await page.ask("passage.request", mode="write", text="On."))[
        "type"
    ] == "ack"


async def test_bytes_are_malformed(editor, story, wren):
    page = await editor(story, wren)
    await page.send_input({"type": "websocket.receive", "bytes": b"\x00\xff"})
    assert (await page.until("error"))["code"] == "malformed"


async def test_three_malformed_messages_in_a_row_close_the_socket(editor, story, wren):
    page = await editor(story, wren)
    for _ in range(2):
        await page.send_text("hello")
    await page.until("error")
    await page.ask("passage.request", mode="write", text="In between.")
    for _ in range(3):
        await page.send_text("hello")
    assert await page.close_code() == 4400


async def test_a_hundred_messages_in_a_second_close_the_socket(editor, story, wren):
    page = await editor(story, wren)
    key = str(uuid4())  # one request again and again: quick, on a busy machine too
    for _ in range(100):
        await page.say("passage.request", mode="write", text="Again.", key=key)
    assert await page.close_code(timeout=30) == 4429
    assert "Too many" in page.heard[-1]["message"]
    assert len([m for m in page.heard if m["type"] == "ack"]) >= 30
    assert await story.passages.acount() == 1


REFUSED = {
    "an unknown mode": {"type": "passage.request", "mode": "sing"},
    "an unknown tone": {"type": "passage.request", "mode": "continue", "tone": "x"},
    "a passage that is not there": {"type": "passage.delete", "passage": 4711},
    "an unknown thumb": {"type": "passage.feedback", "passage": 0, "kind": "x"},
    "no alternatives": {"type": "passage.alternatives", "passage": 0, "count": 0},
    "an unknown setting": {"type": "story.set", "field": "owner", "value": "1"},
    "a wrong kind of setting": {"type": "story.set", "field": "tone", "value": True},
    "a setting we do not know": {"type": "story.set", "field": "tone", "value": "x"},
    "an endless title": {"type": "story.set", "field": "title", "value": "a" * 201},
    "nothing to undo": {"type": "story.redo"},
    "an endless text": {
        "type": "passage.request", "mode": "write", "text": "a" * 20_001,
    },
    "an endless direction": {
        "type": "passage.request", "mode": "direct", "text": "a" * 2001,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_done_gets_a_sentence_and_changes_nothing(
    editor, story, wren, name
):
    page = await editor(story, wren)
    mine = await page.ask("passage.request", mode="write", text="Mine.")
    said = dict(REFUSED[name])
    if said.get("passage") == 0:
        said["passage"] = mine["passage"]
    error = await page.ask(said.pop("type"), **said)
    assert error["type"] == "error" and error["message"].endswith(".")
    passage = await Passage.objects.aget()
    assert (passage.text, passage.deleted_at) == ("Mine.", None)


async def test_a_passage_of_another_story_cannot_be_reached(editor, story, wren, crow):
    other = await in_thread(StoryFactory)(owner=crow)
    theirs = await in_thread(PassageFactory)(story=other, text="Theirs.")
    page = await editor(story, wren)
    for said in [
        {"type": "passage.delete"},
        {"type": "passage.edit", "text": "Mine now.", "was": 0},
        {"type": "passage.retry"},
        {"type": "passage.choose"},
        {"type": "passage.stop"},
        {"type": "passage.alternatives", "count": 1},
        {"type": "passage.feedback", "kind": "up"},
    ]:
        error = await page.ask(said.pop("type"), passage=theirs.pk, **said)
        assert error["code"] == "gone"
    error = await page.ask("passage.request", mode="continue", parent=theirs.pk)
    assert error["code"] == "gone"
    await theirs.arefresh_from_db()
    assert (theirs.text, theirs.deleted_at) == ("Theirs.", None)


async def test_everything_empty_is_survived(editor, story, wren):
    page = await editor(story, wren)
    await page.send_text("")
    assert (await page.until("error"))["code"] == "malformed"
    for said in [{"type": "story.set", "field": "title", "value": ""}]:
        assert (await page.ask(said.pop("type"), **said))["type"] == "ack"


async def test_the_same_key_undoes_only_once(editor, story, wren):
    page = await editor(story, wren)
    await page.ask("passage.request", mode="write", text="One.")
    await page.ask("passage.request", mode="write", text="Two.")
    key = str(uuid4())
    await page.ask("story.undo", key=key)
    await page.ask("story.undo", key=key)
    assert await story.passages.filter(deleted_at=None).acount() == 1


async def test_two_tabs_that_send_the_same_key_at_once_undo_only_once(
    editor, story, wren
):
    pages = [await editor(story, wren) for _ in range(2)]
    for text in ("One.", "Two.", "Three."):
        await pages[0].ask("passage.request", mode="write", text=text)
    key = str(uuid4())
    await asyncio.gather(*(page.ask("story.undo", key=key) for page in pages))
    assert await story.passages.filter(deleted_at=None).acount() == 2


async def test_a_failure_of_ours_is_said_and_the_socket_stays_open(
    editor, story, wren, settings
):
    page = await editor(story, wren)
    settings.PASSAGE_CHARACTERS = "a mistake that makes every check fail"
    error = await page.ask("passage.request", mode="write", text="My own words.")
    assert error["code"] == "failed" and error["message"].endswith(".")
    settings.PASSAGE_CHARACTERS = 20_000
    ack = await page.ask("passage.request", mode="write", text="My own words.")
    assert ack["type"] == "ack"


async def test_a_malformed_message_is_answered_by_its_key(editor, story, wren):
    page = await editor(story, wren)
    error = await page.ask("passage.delete", passage="the second")
    assert error["code"] == "malformed"


async def test_settings_are_changed_over_the_socket(editor, story, wren):
    page = await editor(story, wren)
    await page.ask("story.set", field="title", value="Rain")
    await page.ask("story.set", field="show_authors", value=False)
    await story.arefresh_from_db()
    assert (story.title, story.show_authors) == ("Rain", False)


async def test_a_deleted_story_is_told_to_whoever_has_it_open(editor, story, wren):
    page = await editor(story, wren)
    await story.adelete()
    await page.say("story.check")
    assert await page.close_code() == 4404
