"""Starting and stopping the learning, and taking up what was cut off."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from kombu.exceptions import OperationalError

from training import ledger, services, tasks
from training.learning import quiet
from training.learning import run as learning
from training.models import TrainingRun, Wish, Workshop
from training.voices.consent import call_off, voice_of
from training.voices.refused import Refused

logger = logging.getLogger(__name__)

Status = TrainingRun.Status
DEAD_AFTER = timedelta(seconds=60)
#: A run that waits for longer is queued again, should the broker have lost it.
QUEUED_ANEW_AFTER = timedelta(hours=1)


def start_run(
    *, person, trigger: str = TrainingRun.Trigger.PERSON, refresh: bool = True
) -> TrainingRun:
    """Learn from all that counts now. Asking again while it runs changes nothing."""
    if not voice_of(person).learns:
        raise Refused(_("Say first that a model may learn from you."))
    if not services.can_fit():
        raise Refused(
            _("The model that writes here runs elsewhere, so no voice can be learnt.")
        )
    if refresh:
        ledger.refresh(person)
    words = ledger.own_words(person)
    if (missing := settings.VOICE_WORDS - words) > 0:
        sentence = ngettext(
            "%(n)d word of yours is missing before a voice can be learnt.",
            "%(n)d words of yours are missing before a voice can be learnt.",
            missing,
        )
        raise Refused(sentence % {"n": missing})
    if run := TrainingRun.objects.owned_by(person).open().first():
        return asked_for(run) if trigger == TrainingRun.Trigger.PERSON else run
    try:
        with transaction.atomic():
            run = TrainingRun.objects.create(
                person=person, trigger=trigger, words=words
            )
    except IntegrityError:  # another tab was quicker
        return TrainingRun.objects.owned_by(person).open().get()
    queue(run)
    return run


def asked_for(run: TrainingRun) -> TrainingRun:
    """What began unasked need not wait for quiet hours to end, once it is asked for."""
    waiting = TrainingRun.objects.waiting().filter(pk=run.pk)
    if waiting.exclude(trigger=TrainingRun.Trigger.PERSON).update(
        trigger=TrainingRun.Trigger.PERSON
    ):
        run.trigger = TrainingRun.Trigger.PERSON
        queue(run)
    return run


def queue(run: TrainingRun) -> None:
    transaction.on_commit(lambda: _queue(run))


def _queue(run: TrainingRun) -> None:
    """Without a broker it waits; the clock finds it again."""
    try:
        tasks.learn.delay(str(run.pk))
    except OperationalError:
        logger.warning("run %s could not be queued", run.pk)


def cancel_run(*, run: TrainingRun) -> None:
    """For good; what spoke before goes on speaking."""
    call_off(TrainingRun.objects.filter(pk=run.pk))


def pause_run(*, run: TrainingRun) -> None:
    """Put it down at its next checkpoint, a second or two from now."""
    mine = TrainingRun.objects.filter(pk=run.pk)
    mine.waiting().update(status=Status.PAUSED)
    mine.running().update(wish=Wish.PAUSE)


def resume_run(*, run: TrainingRun) -> None:
    paused = TrainingRun.objects.filter(pk=run.pk, status=Status.PAUSED)
    asked = TrainingRun.Trigger.PERSON
    if paused.update(status=Status.QUEUED, wish=Wish.NONE, attempts=0, trigger=asked):
        queue(run)


def requeue_run(*, run: TrainingRun) -> bool:
    """Try once more what failed or was cancelled; False if it cannot be."""
    over = (Status.FAILED, Status.CANCELLED, Status.PAUSED)
    others = TrainingRun.objects.owned_by(run.person).open().exclude(pk=run.pk)
    if others.exists():
        return False
    again = TrainingRun.objects.filter(pk=run.pk, status__in=over)
    if not again.update(
        status=Status.QUEUED, wish=Wish.NONE, attempts=0, error="", finished_at=None
    ):
        return False
    queue(run)
    return True


def pause_all(*, paused: bool) -> None:
    """For an admin: put everything down, or take it all up again."""
    Workshop.objects.update_or_create(pk=1, defaults={"paused": paused})
    if not paused:
        queue_waiting(lost=True)


# --- what was cut off ----------------------------------------------------------------


def recover_runs(*, alone: bool = False) -> int:
    """Queue again what was cut off. `alone`: no other process can be learning now."""
    running = TrainingRun.objects.running()
    if not alone:
        running = running.filter(alive_at__lt=timezone.now() - DEAD_AFTER)
    too_often = running.filter(attempts__gte=learning.MOST_ATTEMPTS)
    too_often.update(
        status=Status.FAILED,
        error=_("Learning was cut off too often."),
        finished_at=timezone.now(),
        lease=None,
    )
    running.update(status=Status.QUEUED, lease=None, alive_at=None)
    return queue_waiting(lost=alone)


def queue_waiting(*, lost: bool) -> int:
    """Queue what waits: all of it if the queue was `lost`, else what is not in it."""
    waiting = TrainingRun.objects.waiting().filter(pk__in=may_begin())
    if not lost:
        long_ago = timezone.now() - QUEUED_ANEW_AFTER
        waiting = waiting.filter(Q(alive_at=None) | Q(alive_at__lt=long_ago))
    found = list(waiting.order_by("created_at"))
    waiting.update(alive_at=timezone.now())
    for run in found:
        queue(run)
    return len(found)


def may_begin() -> QuerySet[TrainingRun]:
    """In quiet hours only what a person asked for."""
    runs = TrainingRun.objects.all()
    if not quiet.is_quiet(timezone.localtime()):
        return runs
    return runs.filter(trigger=TrainingRun.Trigger.PERSON)


def put_down_all() -> None:
    """This process ends: every run puts its checkpoint down within seconds."""
    learning.ending.set()


def take_up_all() -> None:
    """This process begins, and is the only one that learns."""
    learning.ending.clear()
    recover_runs(alone=True)
