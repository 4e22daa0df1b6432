"""How things stand with a person's voice, as a page shows it."""

from dataclasses import dataclass

from django.conf import settings

from training import ledger
from training.learning.job import PAIRS, enough_pairs, enough_thumbs
from training.models import Adapter, Example, TrainingRun, Voice
from training.voices.consent import voice_of
from training.voices.waiting import Waiting, waiting_of


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
    waiting: Waiting
    shown: Shown

    @property
    def missing(self) -> int:
        return max(0, self.words_needed - self.words)


def standing_of(*, person) -> Standing:
    voice = voice_of(person)
    run = TrainingRun.objects.owned_by(person).first()
    counting = dict(ledger.counting(person).values_list("digest", "words"))
    known = set(voice.adapter.ledger) if voice.adapter else set()
    return Standing(
        voice=voice,
        words=ledger.own_words(person),
        words_needed=settings.VOICE_WORDS,
        new_words=sum(words for d, words in counting.items() if d not in known),
        stale=bool(known - counting.keys()),
        run=run,
        waiting=waiting_of(run) if run else Waiting(),
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
