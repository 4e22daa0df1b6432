"""Teach the guide from XED, its half of the written passages, and word company.

Two views are added up. Hashed words, pairs and parts of words learn valence and
energy from film lines; word vectors carry the tones of a few hundred passages over
to the words they never used. What is fitted on top of another fit sees it
cross-fitted: each passage by a model that was not shown it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import StratifiedKFold

from training.engine.guide.calibrate import Checked, check, fit_places, fit_shares
from training.engine.guide.company import Company
from training.engine.guide.features import BUCKETS, buckets, words
from training.engine.guide.labels import Line
from training.engine.guide.passages import Written
from training.engine.guide.sentences import split_sentences
from training.engine.guide.tones import Tone
from training.engine.guide.weights import Weights

FOLDS = 8
#: XED counts for this many passages a tone; more and film talk drowns the prose.
LINES_WORTH = 100.0
#: All lines kept for calibration, against all passages.
SPARE_WORTH = 0.3
LINES_A_TONE = 600
RIDGE = 10.0
STRENGTH = 0.01  # of the tone model: smaller is simpler


@dataclass(slots=True)
class Material:
    """Everything trained on, in numbers. Rows are texts."""

    tones: Sequence[Tone]
    passages: list[Written]
    lines: list[Line]
    vectors: np.ndarray  # of passages
    line_vectors: np.ndarray

    @property
    def labels(self) -> np.ndarray:
        names = [tone.name for tone in self.tones]
        return np.array([names.index(passage.tone) for passage in self.passages])

    @property
    def places(self) -> np.ndarray:
        return np.array([tone.centre for tone in self.tones])[self.labels]


def train(
    company: Company,
    lines: Sequence[Line],
    passages: list[Written],
    tones: Sequence[Tone],
) -> tuple[Weights, Checked]:
    seen = [line for line in lines if line.part == "learn"]
    spare = [line for line in lines if line.part == "calibrate"]
    company = company.scaled_to([passage.text for passage in passages])
    material = Material(
        tones,
        passages,
        seen,
        company.means([passage.text for passage in passages]),
        company.means([line.text for line in seen]),
    )
    hashed, middle = hear_lines(seen)
    slopes, bias = hear_passages(material, np.arange(len(passages)))
    bias[:2] += middle

    learnt = cross_fitted(material)
    learnt[:, :2] += [hear(passage.text, hashed) + middle for passage in passages]
    learnt_lines = company.means([line.text for line in spare]) @ slopes + bias
    learnt_lines[:, :2] += [hear(line.text, hashed) for line in spare]
    rows, found = fit_places(
        tones,
        np.vstack([learnt, learnt_lines]),
        [passage.text for passage in passages] + [line.text for line in spare],
        np.vstack([material.places, [line.place for line in spare]]),
        np.repeat(
            [1.0, SPARE_WORTH * len(passages) / len(spare)], [len(passages), len(spare)]
        ),
    )
    calibration, shares = fit_shares(
        tones, learnt[:, 2:], found[: len(passages)], material.labels, rows
    )
    weights = Weights(
        [tone.name for tone in tones],
        company.vocabulary,
        company.vectors @ slopes,
        hashed,
        bias,
        calibration,
    )
    return weights, check(shares, material.labels)


def hear_lines(lines: list[Line]) -> tuple[np.ndarray, np.ndarray]:
    """Valence and energy of every hashed feature, by ridge regression on XED."""
    tokens = [words(line.text) for line in lines]
    columns = [buckets(row) for row in tokens]
    starts = np.cumsum([0] + [len(row) for row in columns])
    lengths = np.sqrt([len(row) + 1 for row in tokens])
    values = np.repeat(1 / lengths, np.diff(starts))
    table = csr_matrix(
        (values, np.concatenate(columns).astype(int), starts), (len(lines), BUCKETS)
    )
    table.sum_duplicates()
    # what is everywhere says little: weigh each feature by its rarity
    rarity = np.log(len(lines) / (1 + table.getnnz(axis=0))).clip(0) / 3
    model = Ridge(alpha=RIDGE, solver="sparse_cg", tol=1e-3)
    model.fit(table.multiply(rarity).tocsr(), [line.place for line in lines])
    return model.coef_.T * rarity[:, None], model.intercept_


def hear(text: str, hashed: np.ndarray) -> np.ndarray:
    sentences = [words(sentence) for sentence in split_sentences(text)]
    total = sum(hashed[buckets(tokens)].sum(axis=0) for tokens in sentences)
    return total / np.sqrt(sum(map(len, sentences)) + 1)


def hear_passages(
    material: Material, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Slopes of the word vectors for valence, energy and each tone; and the bias."""
    vectors, labels = material.vectors[rows], material.labels[rows]
    place = Ridge(alpha=30.0).fit(
        np.vstack([vectors, material.line_vectors]),
        np.vstack([material.places[rows], [line.place for line in material.lines]]),
        sample_weight=np.repeat([30.0, 1.0], [len(rows), len(material.lines)]),
    )
    names = [tone.name for tone in material.tones]
    of_tone: dict[str, list[int]] = {name: [] for name in names}
    for row, line in enumerate(material.lines):
        if line.tone and len(of_tone[line.tone]) < LINES_A_TONE:
            of_tone[line.tone].append(row)
    chosen = [row for name in names for row in of_tone[name]]
    sizes = [len(of_tone[name]) for name in names]
    weight = [LINES_WORTH / max(1, size) for size in sizes]
    tone = LogisticRegression(C=STRENGTH, max_iter=300).fit(
        np.vstack([vectors, material.line_vectors[chosen]]),
        np.concatenate([labels, np.repeat(np.arange(len(names)), sizes)]),
        sample_weight=np.concatenate([evenly(labels), np.repeat(weight, sizes)]),
    )
    slopes = np.hstack([place.coef_.T, tone.coef_.T])
    return slopes, np.concatenate([place.intercept_, tone.intercept_])


def evenly(labels: np.ndarray) -> np.ndarray:
    """Weights that make every tone count alike, however many passages it has."""
    counts = np.bincount(labels)
    return (len(labels) / len(counts) / counts)[labels]


def folds(material: Material) -> list[tuple[np.ndarray, np.ndarray]]:
    split = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    return list(split.split(material.vectors, material.labels))


def cross_fitted(material: Material) -> np.ndarray:
    learnt = np.zeros((len(material.passages), 2 + len(material.tones)))
    for shown, hidden in folds(material):
        slopes, bias = hear_passages(material, shown)
        learnt[hidden] = material.vectors[hidden] @ slopes + bias
    return learnt
