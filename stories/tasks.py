"""Doors for background work: an id in, a verb called."""

from celery import shared_task


@shared_task
def write_passage(passage_id: int) -> None:
    from stories.writing import write

    write(passage_id)


@shared_task
def recover_stale() -> None:
    """Interrupt passages whose worker is gone, should nobody be looking at them."""
    from stories.recovery import recover_stale

    recover_stale()


@shared_task
def make_lesson(lesson_id: str) -> None:
    from stories.lessons.making import make

    make(lesson_id)


@shared_task
def write_turn(passage_id: int) -> None:
    from stories.lessons.turns import write

    write(passage_id)


@shared_task
def send_letter(notice_id: int) -> None:
    from stories.lessons.letters import send

    send(notice_id)


@shared_task
def send_letters() -> None:
    """Letters that found no mail server, or no broker, when they were due."""
    from stories.lessons.letters import queue_due

    queue_due()
