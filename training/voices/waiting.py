"""How long until a run is done: its place in the queue, and an honest guess."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from django.utils import timezone

from training.learning.quiet import quiet_until
from training.models import TrainingRun

Status = TrainingRun.Status
#: The guess is made from so many runs that ended last.
RECENT = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    #: Runs that are learnt before this one.
    ahead: int = 0
    #: It begins no sooner: quiet hours.
    not_before: datetime | None = None
    #: Until it is done, once it may begin; None if no run has ended yet.
    seconds: float | None = None
    #: From how many runs that is guessed.
    judged_by: int = 0


def waiting_of(run: TrainingRun) -> Waiting:
    if run.status not in (Status.QUEUED, Status.RUNNING):
        return Waiting()
    pace, judged_by = seconds_per_word()
    if run.status == Status.RUNNING:
        return Waiting(seconds=left(run, pace), judged_by=judged_by)
    before = others_before(run)
    until = None if run.trigger == TrainingRun.Trigger.PERSON else quiet_end()
    if pace is None:
        return Waiting(len(before), until)
    seconds = sum(left(each, pace) or 0.0 for each in [*before, run])
    return Waiting(len(before), until, seconds, judged_by)


def quiet_end() -> datetime | None:
    return quiet_until(timezone.localtime())


def others_before(run: TrainingRun) -> list[TrainingRun]:
    """Those at work, and those that were queued before it and need not wait longer."""
    others = TrainingRun.objects.exclude(pk=run.pk)
    waiting = others.waiting().filter(created_at__lt=run.created_at)
    if quiet_end() and run.trigger == TrainingRun.Trigger.PERSON:
        waiting = waiting.filter(trigger=TrainingRun.Trigger.PERSON)
    return [*others.running(), *waiting]


def seconds_per_word() -> tuple[float | None, int]:
    """What a word took in the runs that ended last, and in how many of them.

    Only those that were done in one go: of the others nobody knows how long they took.
    """
    ended = TrainingRun.objects.filter(
        status=Status.FINISHED, words__gt=0, attempts=1, started_at__isnull=False
    )
    took = [
        (run.finished_at - run.started_at).total_seconds() / run.words
        for run in ended.order_by("-finished_at")[:RECENT]
        if run.finished_at and run.started_at
    ]
    return (median(took) if took else None), len(took)


def left(run: TrainingRun, pace: float | None) -> float | None:
    """Seconds a run still needs; what it says of its own part is the least."""
    said = run.progress.get("seconds_left")
    if pace is None:
        return said
    whole = pace * run.words
    if run.status == Status.RUNNING and run.started_at:
        whole -= (timezone.now() - run.started_at).total_seconds()
    least = said if said is not None and run.status == Status.RUNNING else 0.0
    return max(whole, least)
