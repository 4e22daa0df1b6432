"""Teach the judge from GoEmotions and written passages that the guide never sees.

Through word vectors made of the comments, what a passage teaches of a word reaches
its neighbours. They are folded into one weight a feature and tone.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack
from scipy.sparse.linalg import svds
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import StratifiedKFold

from training.engine.guide.passages import Written
from training.engine.guide.tones import Tone
from training.engine.judge.features import features
from training.engine.judge.judge import Judge, blended
from training.engine.judge.labels import Comment

MOST_FEATURES, LEAST_SEEN = 30_000, 3
DIMENSIONS = 100
#: How much the word vectors are heard beside the features themselves.
VECTORS = 3.0
STRENGTH = 3.0
COMMENTS_A_TONE = 1500
#: All comments together count for so many passages a tone.
COMMENTS_WORTH = 60.0
FOLDS = 8


class Material:
    def __init__(
        self,
        comments: Sequence[Comment],
        passages: Sequence[Written],
        tones: Sequence[Tone],
    ):
        self.tones = list(tones)
        self.names = [tone.name for tone in tones]
        self.passages, self.comments = passages, comments
        told = [features(comment.text) for comment in comments]
        written = [features(passage.text) for passage in passages]
        seen = Counter(name for text in told + written for name in set(text))
        kept = [
            n for n, count in seen.most_common(MOST_FEATURES) if count >= LEAST_SEEN
        ]
        self.vocabulary = {name: row for row, name in enumerate(kept)}
        counts = np.array([seen[name] for name in kept])
        #: What is everywhere says little.
        self.rarity = np.log(len(told) / (1 + counts)).clip(0) / 3
        self.told, self.written = self.table(told), self.table(written)
        _, _, right = svds(self.told, k=DIMENSIONS, random_state=0)
        self.vectors = right.T * VECTORS
        self.labels = np.array([self.names.index(p.tone) for p in passages])

    def table(self, texts: list[list[str]]) -> csr_matrix:
        rows, columns, values = [], [], []
        for row, found in enumerate(texts):
            worth = 1 / np.sqrt(len(found) + 1)
            known = [self.vocabulary[n] for n in found if n in self.vocabulary]
            rows += [row] * len(known)
            columns += known
            values += [worth * self.rarity[column] for column in known]
        return csr_matrix((values, (rows, columns)), (len(texts), len(self.vocabulary)))

    def seen(self, table: csr_matrix) -> csr_matrix:
        return hstack([table, csr_matrix(table @ self.vectors)]).tocsr()

    def folded(self, slopes: np.ndarray) -> np.ndarray:
        """Slopes of features and vectors as one weight a feature."""
        own, through = np.split(slopes, [len(self.vocabulary)])
        return self.rarity[:, None] * (own + self.vectors @ through)


def train(
    comments: Sequence[Comment], passages: Sequence[Written], tones: Sequence[Tone]
) -> Judge:
    material = Material(comments, passages, tones)
    tone = fit_tones(material, np.arange(len(passages)))
    place = fit_valence(material, np.arange(len(passages)))
    slopes = np.hstack([place.coef_.reshape(-1, 1), tone.coef_.T])
    return Judge(
        material.names,
        material.vocabulary,
        material.folded(slopes),
        np.concatenate([[place.intercept_], tone.intercept_]),
        [tone.centre[0] for tone in tones],
        cross_checked(material),
    )


def fit_tones(material: Material, shown: np.ndarray) -> LogisticRegression:
    chosen, labels = some_comments(material)
    ours = material.labels[shown]
    weights = np.concatenate(
        [
            np.full(len(chosen), COMMENTS_WORTH * len(material.names) / len(chosen)),
            evenly(ours, len(material.names)),
        ]
    )
    texts = vstack(
        [material.seen(material.told[chosen]), material.seen(material.written[shown])]
    )
    model = LogisticRegression(C=STRENGTH, max_iter=400)
    return model.fit(texts, np.concatenate([labels, ours]), sample_weight=weights)


def fit_valence(material: Material, shown: np.ndarray) -> Ridge:
    signs = [comment.sign for comment in material.comments]
    known = np.array([at for at, sign in enumerate(signs) if sign is not None])
    centres = np.array([tone.centre[0] for tone in material.tones])
    texts = vstack(
        [material.seen(material.told[known]), material.seen(material.written[shown])]
    )
    goals = [float(signs[at] or 0) for at in known]
    goals += list(centres[material.labels[shown]])
    weights = np.repeat([1.0, 20.0], [len(known), len(shown)])
    return Ridge(alpha=3.0, solver="sparse_cg", tol=1e-3).fit(
        texts, goals, sample_weight=weights
    )


def agreement(judge: Judge, heard: Sequence[Written]) -> dict:
    """With readers who said how passages sound, of which it learnt nothing."""
    six = tuple(name for name in judge.tones if name != "neutral")
    right: dict[str, list[bool]] = {}
    for passage in heard:
        verdict = judge.read(passage.text)
        hit = verdict is not None and verdict.of(six) == passage.tone
        right.setdefault(passage.tone, []).append(hit)
    return {
        "top_1_of_six": share([hit for hits in right.values() for hit in hits]),
        "by_tone": {name: share(right[name]) for name in six if name in right},
        "passages": len(heard),
    }


def share(hits: Sequence[bool]) -> float:
    return round(float(np.mean(hits)), 3)


def some_comments(material: Material) -> tuple[np.ndarray, np.ndarray]:
    """A like number for every tone that comments have."""
    dice = np.random.default_rng(0)
    chosen: list[int] = []
    labels: list[int] = []
    for label, name in enumerate(material.names):
        rows = [at for at, c in enumerate(material.comments) if c.tone == name]
        some = [int(at) for at in dice.permutation(rows)[:COMMENTS_A_TONE]]
        chosen += some
        labels += [label] * len(some)
    return np.array(chosen), np.array(labels)


def evenly(labels: np.ndarray, tones: int) -> np.ndarray:
    counts = np.bincount(labels, minlength=tones).clip(1)
    return (len(labels) / tones / counts)[labels]


def cross_checked(material: Material) -> dict:
    """Its own agreement with human labels on passages it was not shown."""
    split = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    neutral = material.names.index("neutral")
    centres = np.array([tone.centre[0] for tone in material.tones])
    right: list[tuple[int, bool, bool]] = []
    for shown, hidden in split.split(material.written, material.labels):
        tone, place = fit_tones(material, shown), fit_valence(material, shown)
        texts = material.seen(material.written[hidden])
        scores = tone.decision_function(texts)
        scores[:, neutral] = -np.inf  # the bar is on six tones
        shares = tone.predict_proba(texts)
        valence = blended(place.predict(texts), shares, centres)
        for row, label in enumerate(material.labels[hidden]):
            centre = material.tones[label].centre[0]
            right.append(
                (
                    int(label),
                    int(scores[row].argmax()) == label,
                    bool(valence[row] * centre > 0),
                )
            )
    six = [(label, hit) for label, hit, _ in right if label != neutral]
    clear = [
        sign for label, _, sign in right if abs(material.tones[label].centre[0]) > 0.25
    ]
    return {
        "top_1_of_six": share([hit for _, hit in six]),
        "by_tone": {
            name: share([hit for label, hit in six if label == at])
            for at, name in enumerate(material.names)
            if at != neutral
        },
        "valence_sign": share(clear),
        "passages": len(material.passages),
        "comments": len(material.comments),
    }
