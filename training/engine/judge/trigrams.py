"""A small model of another kind: how surprising are words after words?

Word trigrams of the story corpus, mixed with pairs and single words. It is crude, and
it is not the model that wrote, which is what it is for: a ratio of its surprise tells
prose that has come apart, or that has gone flat.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from training.engine.guide.labels import CorpusMissing

FILES = ("tinystories.txt", "first_person.txt", "pratham_books.txt")
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[.,!?;:\"]")
MIX = (0.5, 0.3, 0.19)  # trigrams, pairs, single words; the rest for the unknown
VOCABULARY = 50_000


class Trigrams:
    def __init__(self, texts: Iterable[str]):
        self.single: Counter[str] = Counter()
        self.pairs: Counter[tuple[str, str]] = Counter()
        self.triples: Counter[tuple[str, str, str]] = Counter()
        for text in texts:
            words = tokens(text)
            self.single.update(words)
            self.pairs.update(zip(words, words[1:], strict=False))
            self.triples.update(zip(words, words[1:], words[2:], strict=False))
        self.total = sum(self.single.values())

    def surprise(self, text: str) -> tuple[float, int]:
        """Nats in all, and over how many words."""
        words = tokens(text)
        places = zip(words, words[1:], words[2:], strict=False)
        found = [-math.log(self.chance(*place)) for place in places]
        return sum(found), len(found)

    def chance(self, first: str, second: str, word: str) -> float:
        three = self.triples[first, second, word]
        two = self.pairs[second, word]
        parts = (
            three and three / self.pairs[first, second],
            two and two / self.single[second],
            self.single[word] / self.total,
        )
        known = sum(share * part for share, part in zip(MIX, parts, strict=True))
        return known + (1 - sum(MIX)) / VOCABULARY


def tokens(text: str) -> list[str]:
    return WORD.findall(text.lower().replace("’", "'"))


def perplexity(model: Trigrams, texts: Sequence[str]) -> float | None:
    found = [model.surprise(text) for text in texts]
    words = sum(count for _, count in found)
    return math.exp(sum(nats for nats, _ in found) / words) if words else None


def read_trigrams(corpus: Path) -> Trigrams:
    folder = corpus / "stories"
    paths = [folder / name for name in FILES]
    if missing := [path.name for path in paths if not path.is_file()]:
        raise CorpusMissing(f"There is no {missing[0]} in {folder}.")
    return Trigrams(path.read_text(encoding="utf-8") for path in paths)
