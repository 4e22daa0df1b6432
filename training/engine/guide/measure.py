"""Measure the tone of a text: valence, energy and a ranking of tones.

VADER's lexicon and our own linear model, on the CPU, in a few milliseconds. It
measures the mood of the words, not the fortune of the hero. English was taught;
a text in another script is not measured rather than given a number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from training.engine.guide.features import is_latin, words
from training.engine.guide.sentences import split_sentences
from training.engine.guide.tones import Tone, read_tones
from training.engine.guide.weights import Weights, read_weights


@dataclass(frozen=True, slots=True)
class Reading:
    """What the guide reads in a text. Look at `measured` before anything else."""

    measured: bool
    #: Unpleasant -1 to pleasant 1, calm -1 to lively 1; None if not measured.
    valence: float | None = None
    energy: float | None = None
    #: (name, share), the likeliest first; shares add up to 1.
    tones: tuple[tuple[str, float], ...] = ()
    #: How often a reading as clear as this one names the right tone.
    confidence: float = 0.0

    @property
    def tone(self) -> str | None:
        return self.tones[0][0] if self.tones else None

    def share(self, tone: str) -> float:
        return dict(self.tones).get(tone, 0.0)


@dataclass(frozen=True, slots=True)
class PassageReading(Reading):
    sentences: tuple[tuple[str, Reading], ...] = ()


NOT_MEASURED = Reading(measured=False)


@dataclass(frozen=True, slots=True)
class Raw:
    """Sums that a sentence adds to its passage."""

    sums: np.ndarray
    words: int
    vader: float


class Guide:
    def __init__(self, weights: Weights, tones: Sequence[Tone]):
        self.weights = weights
        self.tones = tuple(tones)
        self.vader = SentimentIntensityAnalyzer()

    def measure(self, text: str) -> PassageReading:
        pieces = [(piece, self.raw(piece)) for piece in split_sentences(text)]
        heard = [raw for _, raw in pieces if raw]
        if not heard or not is_latin(text):
            return PassageReading(measured=False)
        whole = self.together(heard)
        return PassageReading(
            measured=True,
            valence=whole.valence,
            energy=whole.energy,
            tones=whole.tones,
            confidence=whole.confidence,
            sentences=tuple(
                (piece, self.read(raw) if raw else NOT_MEASURED)
                for piece, raw in pieces
            ),
        )

    def raw(self, sentence: str) -> Raw | None:
        tokens = words(sentence)
        if not tokens or not is_latin(sentence):
            return None
        feeling = self.vader.polarity_scores(sentence)["compound"]
        return Raw(self.weights.sums(tokens), len(tokens), feeling)

    def together(self, heard: Sequence[Raw]) -> Reading:
        """The reading of a text from what its sentences add to it."""
        return self.read(
            Raw(
                np.sum([raw.sums for raw in heard], axis=0),
                sum(raw.words for raw in heard),
                float(np.mean([raw.vader for raw in heard])),
            )
        )

    def with_tones(self, added: Sequence[Tone]) -> "Guide":
        """The same ear for more tones. One of ours keeps its meaning."""
        known = {tone.name for tone in self.tones}
        new = [tone for tone in added if tone.name not in known]
        guide = Guide.__new__(Guide)
        guide.weights, guide.vader = self.weights, self.vader
        guide.tones = (*self.tones, *new)
        return guide

    def read(self, raw: Raw) -> Reading:
        learnt = self.weights.learnt(raw.sums, raw.words)
        valence, energy = self.place(learnt, raw.vader)
        shares = self.shares(learnt[2:], valence, energy)
        return Reading(
            measured=True,
            valence=round(valence, 3),
            energy=round(energy, 3),
            tones=tuple((name, round(share, 4)) for name, share in shares),
            confidence=round(shares[0][1], 4),
        )

    def place(self, learnt: np.ndarray, vader: float) -> tuple[float, float]:
        likely = softmax(learnt[2:])
        known = {tone.name: tone.centre for tone in self.tones}
        centres = [known.get(name, (0.0, 0.0)) for name in self.weights.tones]
        implied = likely @ np.array(centres)
        found = []
        calibration = self.weights.calibration
        for axis, row in enumerate((calibration.valence, calibration.energy)):
            value = np.dot(row, [learnt[axis], implied[axis], vader, 1.0])
            found.append(float(np.clip(value, -1, 1)))
        return found[0], found[1]

    def shares(
        self, scores: np.ndarray, valence: float, energy: float
    ) -> list[tuple[str, float]]:
        score = self.scores(scores)
        rule = self.weights.calibration
        ranks = [
            rule.sure * score[tone.name]
            - rule.region * tone.distance(valence, energy)
            + rule.lean.get(tone.name, 0.0)
            for tone in self.tones
        ]
        share = softmax(np.array(ranks))
        order = np.argsort(-share, kind="stable")
        return [(self.tones[i].name, float(share[i])) for i in order]

    def scores(self, learnt: np.ndarray) -> dict[str, float]:
        """A tone that was added later borrows from the tones whose regions are near."""
        score = dict(zip(self.weights.tones, map(float, learnt), strict=True))
        known = [tone for tone in self.tones if tone.name in score]
        found = {tone.name: score[tone.name] for tone in known}
        for tone in self.tones:
            if tone.name not in found and known:
                apart = [np.subtract(tone.centre, other.centre) for other in known]
                near = softmax(np.array([-8.0 * step @ step for step in apart]))
                borrowed = near @ np.array([score[other.name] for other in known])
                found[tone.name] = float(borrowed)
        return {tone.name: found.get(tone.name, 0.0) for tone in self.tones}


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


@cache
def open_guide() -> Guide:
    """The guide that ships, loaded once. Safe to share between threads."""
    return Guide(read_weights(), read_tones())
