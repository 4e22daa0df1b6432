"""Log lines that say where something failed and how, never the words it was about."""

import logging
import traceback
from types import TracebackType


class WordlessFormatter(logging.Formatter):
    """An exception's message may quote a person's text: only its kind is printed."""

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info and isinstance(record.args, dict) and "exc" in record.args:
            # Celery puts the exception into the line itself.
            kind = record.exc_info[0]
            record.args = {**record.args, "exc": kind.__name__ if kind else ""}
        if record.name == "asyncio":  # its further lines show whole objects
            record.msg = record.getMessage().partition("\n")[0]
            record.args = ()
        return super().format(record)

    def formatException(self, exc_info) -> str:
        kind, error, trace = exc_info
        return "\n".join(told(kind, error, trace))


def told(
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
) -> list[str]:
    if kind is None or error is None:
        return []
    lines = ["".join(traceback.format_tb(trace)).rstrip(), kind.__qualname__]
    if (cause := error.__cause__) is not None:
        lines = [*told(type(cause), cause, cause.__traceback__), "which caused", *lines]
    return lines
