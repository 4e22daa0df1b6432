"""When a new voice is changed and rejected more than the one before, it steps back.

Seen from what the person does, not from what a gate once measured.
"""

from django.db.models import Exists, OuterRef, QuerySet

from stories.models import Author, Passage, Signal, Status
from training import voices
from training.models import Adapter

#: Passages a voice must have written before anything is concluded from them.
FEWEST = 20
#: By so much the share of passages that were rejected or changed must have grown.
WORSE = 1.2
REGRETS = (Signal.Kind.DOWN, Signal.Kind.EDIT)


def reconsider(*, passage: Passage) -> None:
    """After a passage was rejected or changed: is the voice that wrote it worse?"""
    adapter = voices.in_use(person_id=passage.story.owner_id)
    if adapter is None or passage.adapter != adapter.label:
        return
    now = _share(_written(adapter, adapter.label))
    before = _share(_written(adapter, adapter.after.label if adapter.after else ""))
    if now is not None and before is not None and now > WORSE * before:
        voices.step_back(adapter=adapter)


def _written(adapter: Adapter, label: str) -> QuerySet[Passage]:
    return Passage.objects.filter(
        story__owner=adapter.person_id,
        author=Author.MODEL,
        status=Status.FINISHED,
        adapter=label,
    )


def _share(written: QuerySet[Passage]) -> float | None:
    """Of the passages of a voice, how many were rejected or changed; None if few."""
    if (count := written.count()) < FEWEST:
        return None
    regretted = Signal.objects.filter(passage=OuterRef("pk"), kind__in=REGRETS)
    return written.filter(Exists(regretted)).count() / count
