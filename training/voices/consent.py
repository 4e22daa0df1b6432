"""What may be learnt from: a person's yes, and what they take out and put back."""

from django.db import transaction
from django.utils import timezone

from training.models import Document, Example, TrainingRun, Voice, Wish


def voice_of(person) -> Voice:
    return Voice.objects.get_or_create(person=person)[0]


@transaction.atomic
def let_learn(*, person, learns: bool, by_itself: bool = True) -> Voice:
    """A no calls off what is under way; versions already made stay until forgotten."""
    voice = voice_of(person)
    voice.learns, voice.by_itself = learns, by_itself
    voice.save(update_fields=["learns", "by_itself", "changed_at"])
    if not learns:
        call_off(TrainingRun.objects.owned_by(person))
    return voice


def call_off(runs) -> None:
    """Those at work see it within a second or two; the others are over now."""
    runs.running().update(wish=Wish.CANCEL)
    idle = (TrainingRun.Status.QUEUED, TrainingRun.Status.PAUSED)
    runs.filter(status__in=idle).update(
        status=TrainingRun.Status.CANCELLED, finished_at=timezone.now()
    )


def take_out(*, example: Example) -> None:
    """The next run is made without it, and begins from no version that knew it."""
    if example.taken_out_at is None:
        example.taken_out_at = timezone.now()
        example.save(update_fields=["taken_out_at"])


def put_back(*, example: Example) -> None:
    example.taken_out_at = None
    example.save(update_fields=["taken_out_at"])


def allow_document(*, document: Document, allowed: bool) -> None:
    """All of a story or text at once; what was taken out singly stays out."""
    document.allowed = allowed
    document.save(update_fields=["allowed"])
