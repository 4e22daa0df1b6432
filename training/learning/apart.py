"""A fit in a process of its own, followed from here."""

import contextlib
import json
import logging
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from training.engine import EngineError
from training.engine.fitting import Fit, Progress

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-W", "ignore", "-m", "training.engine.local.process"]
FAILED = "Learning failed. Nothing was changed; please try again."
#: Seconds between two looks at whether it should stop, and to put a fit down in.
BEAT, GRACE = 1.0, 20.0


class PutDown(Exception):
    """The process ended before the fit did; it can go on from its checkpoint."""


def follow(fit: Fit) -> Generator[Progress | None, None, None]:
    """Run the fit. Yields what it tells, and None at least every `BEAT` seconds.

    Closing it ends the process at once after its checkpoint. Raises EngineError with
    a sentence if the fit failed, PutDown if the process was ended by someone else.
    """
    process = subprocess.Popen(
        COMMAND,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        start_new_session=True,  # a Ctrl+C meant for the server is not meant for it
    )
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_talk, args=(process, fit, lines), daemon=True).start()
    try:
        yield from _tell(lines)
        # All it had to do is on the disk; taking torch down would take seconds.
        process.kill()
    finally:
        end(process)


def report_of(fit: Fit, say: Callable[[Progress], None]) -> dict[str, Any]:
    """Run the fit to its end; what its last word reports. Raises as `follow` does."""
    report: dict[str, Any] | None = None
    for progress in follow(fit):
        if progress is not None:
            say(progress)
            report = progress.report or report
    if report is None:
        raise EngineError("Learning ended without a report.")
    return report


def _talk(process: subprocess.Popen, fit: Fit, lines: queue.SimpleQueue) -> None:
    """Hand the job over, then pass on every line until the process has ended."""
    with contextlib.suppress(OSError):
        assert process.stdin is not None
        json.dump(fit.as_json(), process.stdin)
        process.stdin.close()
    with contextlib.suppress(OSError, ValueError):
        for line in process.stdout or ():
            lines.put(line)
    lines.put(None)


def _tell(lines: queue.SimpleQueue) -> Generator[Progress | None, None, None]:
    while True:
        try:
            line = lines.get(timeout=BEAT)
        except queue.Empty:
            yield None
            continue
        if line is None:
            raise PutDown
        told = json.loads(line)
        if "error" in told:
            if told.get("kind"):
                logger.error("a fit failed: %s", told["kind"])
            raise EngineError(told["error"] or FAILED)
        progress = Progress(**told)
        yield progress
        if progress.stage == "done":
            return


def end(process: subprocess.Popen) -> None:
    """Let it put its checkpoint down; whoever does not listen is killed."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError, ValueError):
            if pipe is not None:
                pipe.close()
