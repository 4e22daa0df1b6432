"""How near some texts are to a person's own, by three measures that see unlike things.

No single one is trusted: function words, spelling and rhythm hardly agree, so a voice
must be nearer by two of three.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

MOST_COMMON = 100
CHUNK = 150  # words
MARKS = ",.;:!?-–—\"“'’(…"

MEASURES = ("delta", "spelling", "rhythm")


def distances(
    samples: Sequence[str], own: Sequence[str], others: Sequence[str]
) -> dict[str, float]:
    """From the samples to the person's own texts; `others` say what is usual."""
    said, mine = " ".join(samples), " ".join(own)
    usual = [*_chunks(mine), *_chunks(" ".join(others))]
    return {
        "delta": round(_delta(said, mine, usual), 4),
        "spelling": round(_spelling(said, mine, usual), 4),
        "rhythm": round(_rhythm(said, mine, usual), 4),
    }


def _chunks(text: str) -> list[str]:
    words = text.split()
    return [" ".join(words[at : at + CHUNK]) for at in range(0, len(words), CHUNK)]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower())


def _delta(said: str, mine: str, usual: Sequence[str]) -> float:
    """Burrows: mean difference of the commonest words' rates, in usual deviations."""
    common = [w for w, _ in Counter(_words(" ".join(usual))).most_common(MOST_COMMON)]

    def rates(text: str) -> np.ndarray:
        counted = Counter(_words(text))
        total = max(1, sum(counted.values()))
        return np.array([counted[word] / total for word in common])

    return _apart(rates(said), rates(mine), np.array([rates(t) for t in usual]))


def _spelling(said: str, mine: str, usual: Sequence[str]) -> float:
    """One less the likeness of runs of three to five characters."""
    counter = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), max_features=10_000, sublinear_tf=True
    )
    counter.fit(usual)
    said_at, mine_at = counter.transform([said, mine])
    return 1 - float(cosine_similarity(said_at, mine_at)[0, 0])


def _rhythm(said: str, mine: str, usual: Sequence[str]) -> float:
    """Punctuation, and the lengths of words, sentences and paragraphs."""

    def beat(text: str) -> np.ndarray:
        words = max(1, len(text.split()))
        sentences = [len(s.split()) for s in re.split(r"[.!?]+", text) if s.strip()]
        marks = [text.count(mark) / words for mark in MARKS]
        letters = sum(map(len, text.split())) / words
        return np.array([*marks, letters, np.mean(sentences or [0])])

    return _apart(beat(said), beat(mine), np.array([beat(t) for t in usual]))


def _apart(first: np.ndarray, second: np.ndarray, usual: np.ndarray) -> float:
    spread = usual.std(axis=0)
    seen = spread > 0
    if not seen.any():
        return 0.0
    return float(np.mean(np.abs(first - second)[seen] / spread[seen]))
