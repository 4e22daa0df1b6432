"""A passage is asked of one process, written by another, and seen by all."""

import base64
import json
import re
import time
from urllib.error import HTTPError

import psycopg
import pytest
from celery import Celery
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from stories.bench.browser import Browser
from stories.bench.processes import wait_until

PLANTED = "Quillifer Zanzibar"


def deliver_again(loom, passage: int) -> None:
    """What Redis does with a task that took longer than its visibility timeout."""
    with Celery(broker=loom.redis_url, set_as_current=False) as outside:
        outside.send_task("stories.tasks.write_passage", [passage], queue="generation")


def test_a_separate_worker_writes_it_and_it_streams_back(
    loom, wren, story, passage_row
):
    with wren.tab(story) as tab:
        passage = tab.ask("[[slow]] Go on about the lighthouse.")
        finished = tab.finished(passage)
    assert finished["status"] == "finished"
    chunks = [e for e in tab.events if e["type"] == "passage.chunk"]
    assert len(chunks) > 10
    assert finished["text"].startswith(tab.streamed(passage))
    assert passage_row(passage, "text", "status") == (finished["text"], "finished")
    succeeded = re.compile(r"write_passage\[\S+\] succeeded")
    wait_until(  # it says so after the passage has ended
        lambda: succeeded.search(loom.generation.said()), "the worker says so"
    )
    assert "write_passage" not in loom.workers["training"].said()


def test_the_web_process_holds_no_model_library(loom, wren, story):
    with open(f"/proc/{loom.web.pid}/maps") as maps:
        loaded = maps.read()
    assert "sqlite3" in loaded or "python" in loaded
    assert "torch" not in loaded and "numpy" not in loaded


def test_the_worker_writes_on_threads(loom):
    pid = loom.generation.pid
    children = f"/proc/{pid}/task/{pid}/children"
    with open(children) as file:
        assert file.read().split() == []  # no forked pool
    assert "concurrency: 32 (thread)" in loom.generation.said()


def test_every_tab_sees_the_same(loom, wren, story):
    with wren.tab(story) as first, wren.tab(story) as second, wren.tab(story) as third:
        passage = first.ask("[[slow]] [[emoji]] Go on.")
        texts = [tab.finished(passage)["text"] for tab in (first, second, third)]
        assert texts[0] and len(set(texts)) == 1
        assert texts[0].startswith(second.streamed(passage))
        assert texts[0].startswith(third.streamed(passage))


def test_who_comes_late_gets_the_whole(loom, wren, story):
    with wren.tab(story) as tab:
        passage = tab.ask("[[slow]] Go on.")
        tab.until("passage.chunk", lambda event: event["offset"] > 40)
    with wren.tab(story) as again:
        [under_way] = again.state["under_way"]
        assert under_way["passage"] == passage
        finished = again.finished(passage)
    begun = under_way["text"]
    streamed = begun
    for event in again.events:
        if event["type"] == "passage.chunk":
            assert event["offset"] <= len(streamed), "a gap"
            streamed = streamed[: event["offset"]] + event["text"]
    assert finished["text"].startswith(begun)
    assert finished["text"].startswith(streamed)


def test_a_wish_to_stop_reaches_the_worker_within_a_second(
    loom, wren, story, passage_row
):
    with wren.tab(story) as tab:
        passage = tab.ask("[[slow]] Go on.")
        tab.until("passage.chunk")
        began = time.monotonic()
        tab.send("passage.stop", passage=passage)
        finished = tab.finished(passage)
        assert time.monotonic() - began <= 1
    assert finished["status"] == "stopped"
    assert finished["text"]
    assert passage_row(passage, "text") == (finished["text"],)


def test_a_task_delivered_four_times_writes_once(loom, wren, story, passage_row):
    with wren.tab(story) as tab:
        loom.generation.stop()
        passage = tab.ask("[[slow]] Go on.")
        for _ in range(3):
            deliver_again(loom, passage)
        loom.generation.start()
        finished = tab.finished(passage)
        deliver_again(loom, passage)
        time.sleep(1)
    started = [e for e in tab.events if e["type"] == "passage.started"]
    assert len(started) == 1
    assert passage_row(passage, "text", "status") == (finished["text"], "finished")
    assert loom.generation.said().count("write_passage[") >= 4


def test_redis_holds_no_personal_text(loom, wren, story, monitor):
    with monitor() as monitor, wren.tab(story) as tab:
        passage = tab.ask(f"[[slow]] [[end]] Tell of {PLANTED}.")
        assert tab.finished(passage)["status"] == "finished"
        tab.ask(f"{PLANTED} went home.", mode="write")
        time.sleep(0.5)
        everything = monitor.said()
    assert "chunk" not in everything and "story-" in everything
    for word in PLANTED.split():
        assert word not in everything
    tasks = list(task_arguments(everything))
    assert [passage] in tasks
    assert all(type(value) is int for task in tasks for value in task)


def task_arguments(commands: str):
    """The positional arguments of every task that was sent through Redis."""
    for body in set(re.findall(r'\\?"body\\?": ?\\?"([A-Za-z0-9+/=]+)\\?"', commands)):
        match json.loads(base64.b64decode(body)):
            case [list(args), dict(kwargs), dict()]:
                assert kwargs == {}
                yield args


def test_no_log_holds_personal_text(loom, wren, story):
    with wren.tab(story) as tab:
        tab.finished(tab.ask(f"[[fail]] Tell of {PLANTED}."))
        tab.ask(f"{PLANTED} went home.", mode="write")
    wren.get(f"/stories/?q={PLANTED.split()[0]}")
    for process in loom.processes.values():
        text = process.log.read_text(errors="replace")
        assert not any(word in text for word in PLANTED.split()), process.name


def test_logging_out_closes_the_socket(loom, wren, story):
    with wren.tab(story) as tab:
        began = time.monotonic()
        wren.post("/accounts/logout/")
        assert tab.until("session.ended", patience=5)
        with pytest.raises(ConnectionClosed) as closed:
            tab.next(5)
        assert time.monotonic() - began <= 5
        assert closed.value.rcvd.code == 4401


def test_a_stranger_reaches_nothing(loom, wren, story):
    crow = Browser(loom.address)
    crow.sign_up(f"crow{time.monotonic_ns()}@example.org")
    with pytest.raises(HTTPError, match="404"):
        crow.get(f"/stories/{story}/")
    socket = f"{loom.address.replace('http', 'ws')}/ws/stories/{story}/"
    cookie = {"Cookie": f"sessionid={crow.cookie('sessionid')}"}
    with (
        connect(
            socket, origin=loom.address, additional_headers=cookie, proxy=None
        ) as tab,
        pytest.raises(ConnectionClosed) as closed,
    ):
        for _ in range(3):
            tab.recv(timeout=5)
    assert closed.value.rcvd.code == 4404
    with pytest.raises(InvalidStatus, match="403"):
        connect(
            socket,
            origin="https://elsewhere.example",
            additional_headers=cookie,
            proxy=None,
        )


def test_it_is_postgresql_that_holds_the_story(loom, wren, story):
    with psycopg.connect(loom.env["STORYLOOM_DATABASE_URL"]) as connection:
        query = "SELECT count(*) FROM stories_story WHERE id = %s"
        assert connection.execute(query, [story]).fetchone() == (1,)
