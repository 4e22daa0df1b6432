"""`make run`: a page within seconds, one process, and a clean end."""

import os
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest

from stories.bench.browser import Browser
from stories.bench.processes import (
    ROOT,
    Process,
    answers,
    free_port,
    product_env,
    wait_until,
)


@pytest.fixture
def run(tmp_path):
    """Starts `make run` on a folder of its own; called again, on the same folder."""
    env = product_env(tmp_path / "var")
    # The suite may run from another virtual environment than .venv.
    if not (ROOT / ".venv" / ".installed").exists() or not shutil.which("make"):
        pytest.skip("`make install` has not been run")
    started = []

    def start(port=None, ready=True):
        port = port or free_port()
        address = f"http://127.0.0.1:{port}"
        began = time.monotonic()
        server = Process(
            "make run",
            ["make", "--no-print-directory", "run", f"PORT={port}"],
            tmp_path / f"{len(started)}.log",
            env,
            ready=(lambda _: answers(address)) if ready else (lambda _: True),
        )
        started.append(server)
        server.start()
        server.address, server.seconds = address, time.monotonic() - began
        return server

    yield start
    for server in started:
        server.stop()


def test_the_second_start_shows_the_log_in_page_within_five_seconds(run):
    run().stop()
    server = run()
    assert f"Storyloom is at {server.address}" in server.said()
    assert "Sign up" in server.said()
    assert server.seconds <= 5 * patience()


def patience() -> float:
    """The five seconds are for a machine with a core to spare."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def test_a_person_signs_up_and_writes(run):
    server = run()
    wren = Browser(server.address)
    wren.sign_up("wren@example.org")
    with wren.tab(wren.start_story()) as tab:
        passage = tab.ask("[[slow]] [[end]] Go on about the lighthouse.")
        finished = tab.finished(passage)
    assert finished["status"] == "finished"
    assert finished["text"] == tab.streamed(passage)


def test_a_stopped_server_keeps_what_was_written_as_interrupted(run, tmp_path):
    server = run()
    passage = begin_a_passage(server)
    assert server.stop(signal.SIGTERM) <= 5 * patience()
    text, status = kept(tmp_path, passage)
    assert status == "interrupted"
    assert len(text.split()) >= 5


def test_a_killed_server_interrupts_what_was_under_way_when_it_is_back(run, tmp_path):
    server = run()
    passage = begin_a_passage(server)
    server.kill()
    assert kept(tmp_path, passage)[1] == "writing"
    run()
    text, status = kept(tmp_path, passage)
    assert status == "interrupted"
    assert len(text.split()) >= 5


def begin_a_passage(server) -> int:
    wren = Browser(server.address)
    wren.sign_up("wren@example.org")
    with wren.tab(wren.start_story()) as tab:
        passage = tab.ask("[[slow]] Go on.")
        tab.until("passage.chunk", lambda event: event["offset"] > 60)
    return passage


def kept(folder, passage):
    with sqlite3.connect(folder / "var" / "storyloom.sqlite3") as connection:
        query = "SELECT text, status FROM stories_passage WHERE id = ?"
        return connection.execute(query, [passage]).fetchone()


def test_a_second_process_on_the_same_folder_is_refused_in_words(run):
    first = run()
    second = run(ready=False)
    wait_until(lambda: second.running.poll() is not None, "the second gives up")
    assert "already running" in second.said()
    assert answers(first.address)


def test_a_fresh_clone_knows_what_to_install():
    shown = subprocess.run(
        ["make", "-n", "-B", "install"], cwd=ROOT, capture_output=True, text=True
    ).stdout
    assert "-m venv .venv" in shown
    assert "pip install --quiet --requirement requirements.txt" in shown
