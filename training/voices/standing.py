"""How things stand with a person's voice, as a page shows it."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Avg, F

from training import ledger
from training.learning.job import PAIRS, enough_pairs, enough_thumbs
from training.models import Adapter, Example, TrainingRun, Voice
from training.voices.consent import voice_of


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person showed beside their own words, and whether it is enough."""

    pairs: int
    up: int
    down: int
    pairs_count: bool
    thumbs_count: bool


@dataclass(frozen=True, slots=True)
class Standing:
    voice: Voice
    words: int
    words_needed: int
    #: Words in the ledger that the version in use has not learnt from.
    new_words: int
    #: The version in use learnt from something that was taken out since.
    stale: bool
    run: TrainingRun | None
    #: Runs before this one in the queue, and seconds until it ends, as far as known.
    ahead: int
    seconds: float | None
    shown: Shown

    @property
    def missing(self) -> int:
        return max(0, self.words_needed - self.words)


def standing_of(*, person) -> Standing:
    voice = voice_of(person)
    run = TrainingRun.objects.owned_by(person).first()
    counting = dict(ledger.counting(person).values_list("digest", "words"))
    known = set(voice.adapter.ledger) if voice.adapter else set()
    ahead = before(run) if run else 0
    return Standing(
        voice=voice,
        words=ledger.own_words(person),
        words_needed=settings.VOICE_WORDS,
        new_words=sum(words for d, words in counting.items() if d not in known),
        stale=bool(known - counting.keys()),
        run=run,
        ahead=ahead,
        seconds=seconds_left(run, ahead) if run else None,
        shown=shown_by(person),
    )


def shown_by(person) -> Shown:
    counts = ledger.counts(person)
    pairs = sum(counts.get(kind, 0) for kind in PAIRS)
    up, down = (counts.get(kind, 0) for kind in (Example.Kind.UP, Example.Kind.DOWN))
    return Shown(pairs, up, down, enough_pairs(pairs), enough_thumbs(up, down))


def is_stale(adapter: Adapter, digests: set[str]) -> bool:
    """Whether it learnt from something that does not count any more."""
    return bool(set(adapter.ledger) - digests)


def before(run: TrainingRun) -> int:
    """How many others are learnt before a waiting run is."""
    if run.status != TrainingRun.Status.QUEUED:
        return 0
    others = TrainingRun.objects.exclude(pk=run.pk)
    waiting = others.waiting().filter(created_at__lt=run.created_at)
    return others.running().count() + waiting.count()


def seconds_left(run: TrainingRun, ahead: int) -> float | None:
    """An honest guess from what runs took before; None if none has ended yet."""
    left = run.progress.get("seconds_left")
    if run.status == TrainingRun.Status.RUNNING and left is not None:
        return left
    if run.status not in (TrainingRun.Status.RUNNING, TrainingRun.Status.QUEUED):
        return None
    finished = TrainingRun.objects.filter(status=TrainingRun.Status.FINISHED)
    took = finished.aggregate(s=Avg(F("finished_at") - F("started_at")))["s"]
    return took.total_seconds() * (ahead + 1) if took else None
