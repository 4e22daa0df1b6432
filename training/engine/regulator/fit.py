"""How near a text sounds to a target, and how well it goes with what was told."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from training.engine.guide.features import words
from training.engine.guide.measure import Guide, Raw, Reading
from training.engine.guide.sentences import split_sentences
from training.engine.guide.tones import Tone
from training.engine.regulator.target import Target

#: How wide a place on the scales is taken: half a fit at about this distance.
WIDTH = 0.35
#: A block counts by itself and as a part of the passage it makes.
ALONE = 0.4
#: What lying within the tone's region is worth of a fit of 1.
INSIDE = 0.35
#: A tone whose middle is nearer to 0 than this is neither bright nor dark.
SIDELESS = 0.1
#: A valence that leaves no doubt.
SURE = 0.4
#: What going on with the story's own words is worth beside a fit of 1.
COHERENCE = 0.2
COMMON = frozenset(
    "the and that with was were had her his him she they them for from but not you all "
    "then there this when into out one very said have has are could would about".split()
)


@dataclass(frozen=True, slots=True)
class Ear:
    """The guide's ear, for one target. `hears`: what to add to its valence and energy
    for this person, who may find a text sadder than the guide does."""

    guide: Guide
    target: Target | None
    hears: tuple[float, float] = (0.0, 0.0)

    def raw(self, text: str) -> list[Raw]:
        found = [self.guide.raw(sentence) for sentence in split_sentences(text)]
        return [raw for raw in found if raw]

    def fit(self, before: Sequence[Raw], block: Sequence[Raw]) -> float:
        """From 0 to 1; what cannot be measured fits nowhere."""
        if self.target is None or not block:
            return 0.0
        alone = self.closeness(self.guide.together(block))
        if not before:
            return alone
        whole = self.closeness(self.guide.together([*before, *block]))
        return ALONE * alone + (1 - ALONE) * whole

    def side(self, before: Sequence[Raw], block: Sequence[Raw]) -> float:
        """From -1 to 1: whether the passage lies on the tone's side, bright or dark."""
        region = self.region()
        if region is None or not block or abs(region.centre[0]) < SIDELESS:
            return 0.0
        valence = self.guide.together([*before, *block]).valence
        if valence is None:
            return 0.0
        heard = math.copysign(1.0, region.centre[0]) * (valence + self.hears[0])
        return max(-1.0, min(1.0, heard / SURE))

    def region(self) -> Tone | None:
        name = self.target.tone if self.target else ""
        return next((tone for tone in self.guide.tones if tone.name == name), None)

    def closeness(self, reading: Reading) -> float:
        target = self.target
        assert target is not None and reading.valence is not None
        share = reading.share(target.tone) if target.tone else 0.0
        if target.valence is None:
            return (1 - INSIDE) * share + INSIDE * self.inside(reading)
        apart = ((reading.valence + self.hears[0] - target.valence) / WIDTH) ** 2
        if target.energy is not None and reading.energy is not None:
            up = (reading.energy + self.hears[1] - target.energy) / WIDTH
            apart += 0.5 * up**2
        near = math.exp(-0.7 * apart)
        return 0.75 * near + 0.25 * share if target.tone else near

    def inside(self, reading: Reading) -> float:
        """1 within the region of the tone, less beyond: more feeling is not better."""
        region = self.region()
        if region is None or reading.valence is None or reading.energy is None:
            return 0.0
        place = reading.valence + self.hears[0], reading.energy + self.hears[1]
        return math.exp(-0.4 * max(0.0, region.distance(*place) - 1))


def told_words(text: str) -> frozenset[str]:
    """The words that carry a story."""
    return frozenset(word for word in words(text) if len(word) > 2) - COMMON


def coherence(told: frozenset[str], block: str) -> float:
    """The share of a block's words the story has used, in [0, 1]."""
    mine = told_words(block)
    return len(mine & told) / len(mine) if mine else 0.0
