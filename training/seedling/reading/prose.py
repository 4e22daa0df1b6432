"""The prose itself: does it end, does it repeat itself, is it varied, is it kind."""

import json
import random
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from training.seedling.corpus import listed_word
from training.seedling.reading.figures import Bar, Figure, bounds, share, statistic
from training.seedling.reading.headers import Passage, Story

HUMAN = Path(__file__).with_name("human.json")
POOLS = (4, 8, 20, 50, 100, 150)  # texts in a pool of which distinct-3 is taken
WORDS = 60  # of each text
SENTENCE_END = re.compile(r"[.!?…][\"'”’)*]*$")


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+(?:'\w+)?", text.lower())


def grams(words: list[str], n: int) -> list[tuple[str, ...]]:
    return list(zip(*(words[i:] for i in range(n)), strict=False))


def ends_well(passage: Passage) -> bool:
    """By itself, within the tokens of its length, at the end of a sentence."""
    return passage.ended and bool(SENTENCE_END.search(passage.text))


def repeated(text: str, n: int = 4) -> float:
    """The share of n-grams of words that stood in the text before."""
    counts = Counter(grams(words_of(text), n))
    return sum(c - 1 for c in counts.values()) / max(1, sum(counts.values()))


def beginning(text: str) -> list[tuple[str, ...]]:
    """The 3-grams of its first words: distinct-3 falls with length."""
    return grams(words_of(text)[:WORDS], 3)


def distinct(texts: list[list[tuple[str, ...]]]) -> float:
    """The share of n-grams, of all texts together, that are unlike any other."""
    every = set().union(*texts)
    return len(every) / max(1, sum(map(len, texts)))


def pools(texts: list[str], size: int, draws: int = 200) -> list[float]:
    """Distinct-3 of random pools of `size` texts."""
    dice = random.Random(7)
    found = [beginning(text) for text in texts]
    return [distinct(dice.sample(found, size)) for _ in range(draws)]


def long_enough(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if len(words_of(text)) >= WORDS]


def against(
    name: str, texts: list[str], reference: dict[str, float], bar: Bar | None = None
) -> Figure:
    """Distinct-3 of pools of half of the texts, over that of equal reference pools."""
    told = long_enough(texts)
    sizes = [size for size in POOLS if 2 * size <= len(told) and str(size) in reference]
    if not sizes:
        return Figure(name, None, bar=bar, note=f"too few stories of {WORDS} words")
    theirs = reference[str(sizes[-1])]
    ratios = np.array(pools(told, sizes[-1])) / theirs
    note = f"pools of {sizes[-1]} x {WORDS} words; theirs {theirs:.3f}"
    return Figure(name, float(ratios.mean()), *bounds(ratios), bar, note)


def reference_of(human: list[str], tinystories: list[str]) -> dict:
    """The small figures that ship, from texts the model never learnt from."""
    return {
        "made": (
            "manage.py read_seedling --index --corpus PATH: mean distinct-3 of 200 "
            f"random pools of the first {WORDS} words of stories the model never "
            "learnt from. human: the held-out picture books and memoirs, and fairy "
            "tales, which no run reads; tinystories: its held-out stories."
        ),
        "texts": {"human": len(human), "tinystories": len(tinystories)},
        "distinct_3": {
            name: {
                str(size): round(sum(found := pools(texts, size)) / len(found), 4)
                for size in POOLS
                if size <= len(texts)
            }
            for name, texts in (("human", human), ("tinystories", tinystories))
        },
    }


def measure(stories: list[Story], human: Path = HUMAN) -> list[Figure]:
    ends = [[ends_well(p) for p in story.passages] for story in stories]
    again = [repeated(story.text) for story in stories]
    listed = [listed_word(story.text) for story in stories]
    hits = ", ".join(f"{w} {n}" for w, n in Counter(filter(None, listed)).most_common())
    texts = [story.text for story in stories]
    reference = json.loads(human.read_text(encoding="utf-8"))["distinct_3"]
    return [
        share("ends by itself at a sentence end", ends, Bar(least=0.95)),
        statistic("repeated 4-grams", again, bar=Bar(most=0.04)),
        against(
            "distinct-3 over that of held-out human stories",
            texts,
            reference["human"],
            Bar(least=0.90),
        ),
        against("- over held-out tinystories", texts, reference["tinystories"]),
        share(
            "a word of the corpus screen in the story",
            [[word is not None] for word in listed],
            note=hits or "slurs, violence: none",
        ),
    ]
