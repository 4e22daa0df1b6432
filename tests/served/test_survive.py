"""Processes die and come back; words stay."""

import time
from urllib.error import HTTPError

import pytest
from websockets.exceptions import ConnectionClosed

from stories.bench.processes import TooLate

#: A page that hears nothing for this long asks (static/js does the same).
SILENCE = 4


def test_a_killed_worker_leaves_its_text_interrupted_and_a_retry_works(
    loom, wren, story, passage_row
):
    with wren.tab(story) as tab:
        passage = tab.ask("[[slow]] Go on.")
        tab.until("passage.chunk", lambda event: event["offset"] > 60)
        loom.generation.kill()
        killed = time.monotonic()
        shown = tab.streamed(passage)
        finished = ask_until_finished(tab, passage)
        assert time.monotonic() - killed < 12
        assert finished["status"] == "interrupted"
        # At most a second's words are lost: twenty of them at [[slow]]'s pace.
        assert len(shown.split()) - len(finished["text"].split()) <= 20
        assert finished["text"] and shown.startswith(finished["text"])
        assert passage_row(passage, "text", "status") == (
            finished["text"],
            "interrupted",
        )

        loom.generation.start()
        tab.send("passage.retry", passage=passage)
        retry = tab.until("ack")["passage"]
        assert tab.finished(retry)["status"] == "finished"
    assert passage_row(passage, "text") == (finished["text"],)


def ask_until_finished(tab, passage):
    """As the page does: when nothing is heard, ask how it stands."""
    for _ in range(5):
        try:
            return tab.finished(passage, patience=SILENCE)
        except (TooLate, TimeoutError):
            tab.send("story.check")
    pytest.fail("an endless spinner")


def test_a_killed_web_process_loses_nothing_that_the_worker_writes(
    loom, wren, story, passage_row
):
    with wren.tab(story) as tab:
        passage = tab.ask("[[slow]] Go on.")
        tab.until("passage.chunk")
        loom.web.kill()
        with pytest.raises(ConnectionClosed):
            tab.finished(passage)
    loom.web.start()
    with wren.tab(story) as tab:
        if tab.state["under_way"]:
            tab.finished(passage)
    text, status = passage_row(passage, "text", "status")
    assert status == "finished" and len(text.split()) > 30


def test_a_worker_asked_to_end_finishes_what_it_writes(loom, wren, story, passage_row):
    with wren.tab(story) as tab:
        passage = tab.ask("[[slow]] Go on.")
        tab.until("passage.chunk")
        assert loom.generation.stop() < 15
        assert passage_row(passage, "status") == ("finished",)
        loom.generation.start()


def test_redis_may_go_and_come_back(loom, wren, story):
    with wren.tab(story) as tab:
        tab.finished(tab.ask("[[end]] Go on."))
    loom.redis.stop()
    began = time.monotonic()
    page = wren_reads(wren, story)
    assert page is None or time.monotonic() - began < 15
    loom.redis.start()

    def writes_again():
        try:
            with wren.tab(story) as tab:
                passage = tab.ask("[[end]] Go on again.")
                return tab.finished(passage, 10)["status"] == "finished"
        except (TooLate, TimeoutError, ConnectionClosed, OSError):
            return False

    for _ in range(4):
        if writes_again():
            return
    pytest.fail("the worker did not come back")


def wren_reads(wren, story):
    """What the editor shows while Redis is away; None if it only says sorry."""
    try:
        return wren.get(f"/stories/{story}/")
    except HTTPError:
        return None
