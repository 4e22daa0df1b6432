"""The lease of one passage: who holds it may save, and nobody else.

Every save says `lease=mine`, so a second delivery of the same task, or a worker
thought dead, can change nothing.
"""

from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from stories import events
from stories.models import Passage, Status, Story


def claim(passage_id: int) -> Passage | None:
    """Take the lease of a queued passage, if it is still queued."""
    now = timezone.now()
    queued = Passage.objects.filter(pk=passage_id, status=Status.QUEUED)
    lease = uuid4()
    if not queued.update(
        status=Status.WRITING, lease=lease, started_at=now, alive_at=now
    ):
        return None
    return Passage.objects.select_related("story__owner").get(pk=passage_id)


class Holder:
    """Holds the lease of one passage while it is being written."""

    def __init__(self, passage: Passage):
        self.passage = passage
        self.mine = Passage.objects.filter(pk=passage.pk, lease=passage.lease)
        self.text = ""
        self.tokens = 0

    def begin(self) -> None:
        """Say that it is being written."""
        version = _raise_version(self.passage.story_id)
        events.publish(
            self.passage.story_id,
            events.PassageStarted(self.passage.pk, self.passage.parent_id, version),
        )

    def live(self, **saved: Any) -> bool:
        """Give a sign of life, with what is to be saved. False: no longer ours."""
        return bool(self.mine.update(alive_at=timezone.now(), **saved))

    @property
    def is_unwanted(self) -> bool:
        """Someone asked it to stop."""
        return self.mine.filter(stop_asked=True).exists()

    def finish(self, status: Status, error: str = "", **found: Any) -> None:
        """Save the whole text, and what was found out about it; give the lease back."""
        now = timezone.now()
        story = Story.objects.filter(pk=self.passage.story_id)
        with transaction.atomic():
            # The story first, as everyone who changes it: two orders would deadlock.
            story.update(version=F("version") + 1)
            ours = self.mine.update(
                text=self.text,
                tokens=self.tokens,
                status=status,
                error=error[:300],
                alive_at=now,
                finished_at=now,
                lease=None,
                **found,
            )
            if not ours:
                transaction.set_rollback(True)
                return
            version = story.values_list("version", flat=True).get()
        events.publish(
            self.passage.story_id,
            events.PassageFinished(
                self.passage.pk, status.value, self.text, version, error
            ),
        )


def release() -> None:
    """Hold no connection while the engine works; with a pool, others need it."""
    if not connection.in_atomic_block:
        connection.close()


def _raise_version(story_id) -> int:
    with transaction.atomic():
        story = Story.objects.filter(pk=story_id)
        story.update(version=F("version") + 1)
        return story.values_list("version", flat=True).get()
