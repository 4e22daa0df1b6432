"""What a web process does when it starts and before it ends.

In the embedded mode it is also the worker, so nobody else can be writing: what is
still marked as under way at the start, or at the end, is interrupted, text kept.
"""

import fcntl
import logging
import threading
from typing import IO

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from stories import services as stories
from storyloom import clock
from storyloom.celery import stop_pools
from training import services as training
from training import voices
from training.engine import EngineError

logger = logging.getLogger(__name__)


async def lifespan(scope, receive, send):
    await receive()  # lifespan.startup
    try:
        await sync_to_async(begin)()
    except ImproperlyConfigured as error:
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()  # lifespan.shutdown
    await sync_to_async(end)()
    await send({"type": "lifespan.shutdown.complete"})


def begin() -> None:
    if settings.EMBEDDED:
        hold_var()
        stories.interrupt_all()
        voices.take_up_all()
        clock.start()
        threading.Thread(target=warm_up, name="warm-up", daemon=True).start()


def end() -> None:
    if settings.EMBEDDED:
        clock.stop()
        voices.put_down_all()
        stop_pools()
        stories.interrupt_all()
        training.close_engine()


held: IO[str] | None = None


def hold_var() -> None:
    """One embedded process at a time: a second would write over the first's work."""
    global held
    settings.VAR.mkdir(parents=True, exist_ok=True)
    held = (settings.VAR / "running.lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise ImproperlyConfigured(
            f"Storyloom is already running on {settings.VAR}. Stop it first, or give "
            "this one its own folder in STORYLOOM_VAR, or use the served mode."
        ) from None


def warm_up() -> None:
    """Load the model before anyone asks; if that fails, who asks is told."""
    try:
        training.engine()
    except EngineError as error:  # it speaks of the model only, so it may be said
        logger.error("No passage can be written. %s", error)
