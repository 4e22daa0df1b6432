"""A log tells where and what kind of trouble, never a person's words."""

import logging
import sys

from storyloom.logs import WordlessFormatter

PLANTED = "my brother drowned in May"
formatter = WordlessFormatter("%(levelname)s %(message)s")


def line(message, *args, name="storyloom", exc_info=None):
    record = logging.LogRecord(
        name, logging.ERROR, __file__, 1, message, args, exc_info
    )
    return formatter.format(record)


def caught():
    try:
        try:
            raise KeyError(PLANTED)
        except KeyError as error:
            raise ValueError(PLANTED) from error
    except ValueError:
        return sys.exc_info()


def test_a_traceback_says_kinds_and_places():
    text = line("passage %s failed", 7, exc_info=caught())
    assert "passage 7 failed" in text
    assert "KeyError" in text and "ValueError" in text and "test_logs.py" in text
    assert PLANTED not in text


def test_what_a_worker_says_of_a_failed_task_quotes_nobody():
    text = line(
        "Task %(name)s raised: %(exc)s",
        {"name": "write_passage", "exc": f"ValueError({PLANTED!r})"},
        name="celery.app.trace",
        exc_info=caught(),
    )
    assert "Task write_passage raised: ValueError" in text
    assert PLANTED not in text


def test_a_forgotten_task_quotes_nobody():
    text = line(
        f"Task exception was never retrieved\nfuture: <Task {PLANTED}>", name="asyncio"
    )
    assert text == "ERROR Task exception was never retrieved"
