"""Celery, and its embedded stand-in: without a broker, tasks run on threads here."""

import os
from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from celery.contrib.django.task import DjangoTask

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyloom.settings")

#: Threads a queue has in the embedded mode. Generation only waits for the one
#: engine thread; training runs one person after another, each in a subprocess.
THREADS = {"generation": 16, "training": 1}
pools: dict[str, ThreadPoolExecutor] = {}


def pool(queue: str) -> ThreadPoolExecutor:
    if queue not in pools:
        pools[queue] = ThreadPoolExecutor(THREADS[queue], f"storyloom-{queue}")
    return pools[queue]


class StoryloomTask(DjangoTask):
    """The same `.delay_on_commit(id)` in both modes."""

    def apply_async(self, args=None, kwargs=None, **options):
        from django.conf import settings

        if not settings.EMBEDDED:
            return super().apply_async(args, kwargs, **options)
        route = self.app.amqp.router.route(options, self.name)
        queue = route["queue"].name
        return pool(queue).submit(self.run_here, args or (), kwargs or {})

    def run_here(self, args, kwargs):
        from django.db import connections

        try:
            self.apply(args, kwargs, throw=True)
        finally:
            connections.close_all()


app = Celery("storyloom", task_cls=StoryloomTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
