"""Celery, and its embedded stand-in: without a broker, tasks run on threads here."""

import logging
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from celery import Celery
from celery.contrib.django.task import DjangoTask
from celery.signals import setup_logging, worker_ready, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyloom.settings")

logger = logging.getLogger(__name__)

#: Threads a queue has in the embedded mode. Generation only waits for the one
#: engine thread; training runs one person after another, each in a subprocess.
THREADS = {"generation": 32, "training": 1}
pools: dict[str, ThreadPoolExecutor] = {}
_changing_pools = threading.Lock()


def submit(queue: str, *work) -> Future:
    with _changing_pools:
        if queue not in pools:
            pools[queue] = ThreadPoolExecutor(THREADS[queue], f"storyloom-{queue}")
        return pools[queue].submit(*work)


def stop_pools(wait: bool = False) -> None:
    """Begin nothing more; what is under way ends by itself (see lifespan.py)."""
    with _changing_pools:
        stopping = list(pools.values())
        pools.clear()
    for pool in stopping:
        pool.shutdown(wait=wait, cancel_futures=True)


class StoryloomTask(DjangoTask):
    """The same `.delay_on_commit(id)` in both modes."""

    def apply_async(self, args=None, kwargs=None, **options):
        from django.conf import settings

        if not settings.EMBEDDED:
            return super().apply_async(args, kwargs, **options)
        route = self.app.amqp.router.route(options, self.name)
        return submit(route["queue"].name, self.run_here, args or (), kwargs or {})

    def run_here(self, args, kwargs):
        from django.db import connections

        try:
            self.apply(args, kwargs, throw=True)
        except Exception:  # nobody reads the future: say it here, as a worker would
            logger.exception("Task %s%r failed", self.name, tuple(args))
            raise
        finally:
            connections.close_all()


app = Celery("storyloom", task_cls=StoryloomTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_):
    """A worker logs as settings.LOGGING says: Celery's own would quote exceptions."""


@worker_shutting_down.connect
def put_runs_down(**_):
    """A worker that ends waits for its tasks: a run must not take it an hour."""
    from training.voices import put_down_all

    put_down_all()


@worker_ready.connect
def load_the_model(sender, **_):
    """Before the first passage is asked for, and only where passages are written."""
    if "generation" in sender.app.amqp.queues.consume_from:
        from training.services import engine

        threading.Thread(target=engine, name="load", daemon=True).start()
