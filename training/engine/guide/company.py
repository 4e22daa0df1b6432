"""Word vectors: words that keep the same company in stories lie close together.

Eight hundred passages name few words. Through these vectors what is learnt
of "cradle" reaches "lullaby". They are used in training only: the guide ships the
weight of each word, not the vectors.
"""

import re
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.linalg import svds

from training.engine.guide.features import words
from training.engine.guide.labels import CorpusMissing

WINDOW = 12
DIMENSIONS = 200
VOCABULARY = 20_000
LEAST_SEEN = 8
#: Frequent words say little of a tone: half weight at this share of all words.
COMMON = 1e-3

BREAK = re.compile(r"<\|endoftext\|>|\n\s*\n")


class Company:
    def __init__(self, vocabulary: dict[str, int], vectors: np.ndarray):
        self.vocabulary = vocabulary
        #: One row a word, unit length, times how much the word is worth hearing.
        self.vectors = vectors

    def means(self, texts: list[str]) -> np.ndarray:
        return np.array([self.mean(words(text)) for text in texts])

    def mean(self, tokens: list[str]) -> np.ndarray:
        known = [self.vocabulary[word] for word in tokens if word in self.vocabulary]
        return self.vectors[known].sum(axis=0) / np.sqrt(len(tokens) + 1)

    def scaled_to(self, texts: list[str]) -> "Company":
        """So that the means of these texts have a spread of one."""
        return Company(self.vocabulary, self.vectors / self.means(texts).std())


def read_company(stories: Path) -> Company:
    if not any(stories.glob("*.txt")):
        raise CorpusMissing(f"There are no story files (*.txt) in {stories}.")
    texts = [
        words(part)
        for path in sorted(stories.glob("*.txt"))
        for part in BREAK.split(path.read_text(encoding="utf-8"))
    ]
    seen = Counter(word for text in texts for word in text)
    common = [w for w, n in seen.most_common(VOCABULARY) if n >= LEAST_SEEN]
    vocabulary = {word: row for row, word in enumerate(common)}
    shares = np.array([seen[word] for word in common]) / sum(seen.values())
    vectors = decompose(surprise(count_pairs(texts, vocabulary)))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    return Company(vocabulary, vectors * (COMMON / (COMMON + shares))[:, None])


def count_pairs(texts: list[list[str]], vocabulary: dict[str, int]) -> csr_matrix:
    """How often two words stand within `WINDOW` words of each other."""
    gap = [-1] * WINDOW
    stream = np.array(
        [
            row
            for text in texts
            for row in [*(vocabulary.get(w, -1) for w in text), *gap]
        ],
        dtype=np.int32,
    )
    size = (len(vocabulary), len(vocabulary))
    pairs = csr_matrix(size, dtype=np.float32)
    for distance in range(1, WINDOW + 1):
        left, right = stream[:-distance], stream[distance:]
        known = (left >= 0) & (right >= 0)
        ones = np.ones(known.sum(), dtype=np.float32)
        pairs = pairs + coo_matrix((ones, (left[known], right[known])), size).tocsr()
    return (pairs + pairs.T).tocsr()


def surprise(pairs: csr_matrix) -> csr_matrix:
    """Positive pointwise mutual information, rare neighbours smoothed."""
    cells = pairs.tocoo()
    often = np.asarray(pairs.sum(axis=1)).ravel()
    expected = often**0.75 / (often**0.75).sum()
    information = np.log(cells.data / (often[cells.row] * expected[cells.col]))
    kept = information > 0
    return csr_matrix(
        (information[kept].astype(np.float32), (cells.row[kept], cells.col[kept])),
        pairs.shape,
    )


def decompose(matrix: csr_matrix) -> np.ndarray:
    left, strength, _ = svds(matrix, k=DIMENSIONS, random_state=0)
    return left * np.sqrt(strength)
