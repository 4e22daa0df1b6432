"""Passages whose writer is gone: their text is kept, and they can be tried again."""

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from stories import events
from stories.models import Passage, Status, Story
from stories.writing import QUEUED_DEAD_AFTER, WRITING_DEAD_AFTER


def recover(*, story: Story) -> list[Passage]:
    """Interrupt what nobody is writing any more; returns what is under way."""
    under_way = list(story.passages.under_way())
    if under_way and recover_stale(Passage.objects.filter(story=story)):
        under_way = list(story.passages.under_way())
    return under_way


def recover_stale(passages: QuerySet[Passage] | None = None) -> int:
    """Interrupt those without a sign of life; of all stories if none are given.

    A passage may wait long in the queue while others are being written before it.
    """
    now = timezone.now()
    passages = Passage.objects.all() if passages is None else passages
    alive_since = now - WRITING_DEAD_AFTER
    stale = Q(status=Status.WRITING, alive_at__lt=alive_since)
    someone_writes = Passage.objects.filter(
        status=Status.WRITING, alive_at__gte=alive_since
    )
    if not someone_writes.exists():
        waited_since = now - QUEUED_DEAD_AFTER
        stale |= Q(status=Status.QUEUED, created_at__lt=waited_since)
    return _interrupt(passages.under_way().filter(stale))


def interrupt_all() -> int:
    """For a process that knows itself to be the only writer, as it starts or ends."""
    return _interrupt(Passage.objects.under_way())


def _interrupt(passages: QuerySet[Passage]) -> int:
    """Take the leases away, so that a writer thought dead can write no more."""
    interrupted = 0
    for passage in list(passages.only("pk", "story_id", "lease", "status")):
        with transaction.atomic():
            # A story that someone is changing right now is left to the next look.
            stories = Story.objects.select_for_update(skip_locked=True)
            if not (story := stories.filter(pk=passage.story_id).first()):
                continue
            unchanged = Passage.objects.filter(
                pk=passage.pk, status=passage.status, lease=passage.lease
            )
            if not unchanged.update(
                status=Status.INTERRUPTED, lease=None, finished_at=timezone.now()
            ):
                continue
            Story.objects.filter(pk=story.pk).update(version=F("version") + 1)
            _announce(passage.pk)
        interrupted += 1
    return interrupted


def _announce(passage_id: int) -> None:
    passage = Passage.objects.select_related("story").get(pk=passage_id)
    news = events.PassageFinished(
        passage.pk, passage.status, passage.text, passage.story.version
    )
    transaction.on_commit(lambda: events.publish(passage.story_id, news))
