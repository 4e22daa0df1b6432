"""Doors for background work: an id in, a verb called."""

from celery import shared_task


@shared_task
def learn(run_id: str) -> None:
    from training.learning.run import learn

    learn(run_id)


@shared_task
def check_version(adapter_id: str) -> None:
    from training.models import Adapter
    from training.voices import check_version

    if adapter := Adapter.objects.filter(pk=adapter_id).first():
        check_version(adapter=adapter)


@shared_task
def tend_runs() -> None:
    """Take up what was cut off, and begin what is due."""
    from training.voices import learn_what_is_new, recover_runs

    recover_runs()
    learn_what_is_new()
