"""The clock of the embedded mode: what beat is for the workers of the served mode."""

import logging
import threading

from django.conf import settings

from stories.tasks import send_letters
from training.tasks import tend_runs

logger = logging.getLogger(__name__)

_stopping = threading.Event()


def start() -> None:
    _stopping.clear()
    seconds = settings.CELERY_BEAT_SCHEDULE["voices"]["schedule"]
    tick = threading.Thread(target=run, args=[seconds], name="clock", daemon=True)
    tick.start()


def stop() -> None:
    _stopping.set()


def run(seconds: float) -> None:
    """Until the process ends. A task that fails says so itself; the next one comes."""
    while not _stopping.wait(seconds):
        tend_runs.delay()
        send_letters.delay()
