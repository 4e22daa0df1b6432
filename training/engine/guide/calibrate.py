"""Turn raw numbers into a reading: places on the scales, and shares that hold.

Fitted on numbers that the views gave for texts they were not shown, so a share of
.6 is right about six times in ten.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import Ridge
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from training.engine.guide.measure import softmax
from training.engine.guide.sentences import split_sentences
from training.engine.guide.tones import Tone
from training.engine.guide.weights import Calibration

VADER = SentimentIntensityAnalyzer()


@dataclass(frozen=True, slots=True)
class Checked:
    """Agreement with its own half, each passage read by a model not shown it."""

    top_1: float
    top_2: float


def fit_places(
    tones: Sequence[Tone],
    learnt: np.ndarray,
    texts: list[str],
    places: np.ndarray,
    worth: np.ndarray,
) -> tuple[list[list[float]], np.ndarray]:
    """How learnt numbers, likely tones and VADER add up to valence and energy."""
    vader = [feeling(text) for text in texts]
    centres = np.array([tone.centre for tone in tones])
    implied = np.array([softmax(row) for row in learnt[:, 2:]]) @ centres
    rows, found = [], np.zeros((len(texts), 2))
    for axis in (0, 1):
        inputs = np.column_stack([learnt[:, axis], implied[:, axis], vader])
        # energy has nothing to gain from a measure of pleasantness
        inputs[:, 2] *= axis == 0
        stack = Ridge(alpha=1.0, positive=True).fit(inputs, places[:, axis], worth)
        # regression shrinks to the middle; a reading should use the whole scale
        stretch = places[:, axis].std() / stack.predict(inputs).std()
        row = np.append(stack.coef_, stack.intercept_) * min(stretch, 1.5)
        found[:, axis] = np.clip(inputs @ row[:3] + row[3], -1, 1)
        rows.append([float(number) for number in row])
    return rows, found


def feeling(text: str) -> float:
    compounds = [VADER.polarity_scores(s)["compound"] for s in split_sentences(text)]
    return float(np.mean(compounds))


def fit_shares(
    tones: Sequence[Tone],
    scores: np.ndarray,
    places: np.ndarray,
    labels: np.ndarray,
    rows: list[list[float]],
) -> tuple[Calibration, np.ndarray]:
    """The strengths and leans that make the right tone's share likeliest."""
    distances = np.array(
        [[tone.distance(*place) for tone in tones] for place in places]
    )
    right = np.arange(len(labels))

    def logs(numbers: np.ndarray) -> np.ndarray:
        ranks = numbers[0] * scores - numbers[1] * distances + numbers[2:]
        ranks = ranks - ranks.max(axis=1, keepdims=True)
        return ranks - np.log(np.exp(ranks).sum(axis=1, keepdims=True))

    def surprise(numbers: np.ndarray) -> float:
        missed = -logs(numbers)[right, labels].mean()
        return float(missed + 0.05 * (numbers[2:] ** 2).mean())

    start = np.concatenate([[1.0, 0.1], np.zeros(len(tones))])
    bounds = [(0, None), (0, None)] + [(None, None)] * len(tones)
    best = minimize(surprise, start, bounds=bounds, method="L-BFGS-B").x
    sure, region, *lean = (round(float(number), 5) for number in best)
    leans = {tone.name: number for tone, number in zip(tones, lean, strict=True)}
    return Calibration(rows[0], rows[1], sure, region, leans), np.exp(logs(best))


def check(shares: np.ndarray, labels: np.ndarray) -> Checked:
    ranks = np.argsort(-shares, axis=1)
    hits = ranks == labels[:, None]
    top_1, top_2 = hits[:, :1].any(axis=1).mean(), hits[:, :2].any(axis=1).mean()
    return Checked(round(float(top_1), 3), round(float(top_2), 3))
