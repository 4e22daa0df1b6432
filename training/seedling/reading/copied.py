"""How long a run of words a story has taken over from a training text.

What others wrote does not ship. What ships is a Bloom filter of every run of eight
words in it: it says for certain that a run was never read, and now and then, at a
rate that is printed, it takes a new run for a known one. Longer runs are chains of
hits. Names are all one word here, so a story retold under other names is still found.
The plots written for this project do ship, so their runs are taken from themselves:
the model knows them by heart and is meant to, so both are measured, and each by itself.
"""

import json
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

import numpy as np

from training.seedling.corpus import sentences_of
from training.seedling.labels import NOT_NAMES, WORD, mid_sentence_capitals
from training.seedling.plots import SEQUELS, read_plots
from training.seedling.reading.figures import Bar, Figure, statistic
from training.seedling.reading.headers import Story
from training.seedling.scenes import scene_of

REFERENCE = Path(__file__).with_name("human.json")
FILTER = Path(__file__).with_name("copied.npz")
RUN = 8  # words
BITS = 60_000_000
PROBES = 6
NAME = "@"


@dataclass(frozen=True)
class Word:
    text: str
    start: int
    end: int


def names_in(text: str) -> set[str]:
    """Words that stand capitalised within a sentence somewhere in this text."""
    found = {
        word
        for line in text.split("\n")
        for sentence in sentences_of(line)
        for word in mid_sentence_capitals(sentence)
    }
    return found - NOT_NAMES


def words_of(text: str, names: Iterable[str] = ()) -> list[Word]:
    """Small letters, no marks, and one sign for each name, however long it is."""
    known = names_in(text) | {w for name in names for w in WORD.findall(name)}
    words: list[Word] = []
    for match in WORD.finditer(text):
        if match.group(0).split("'")[0] not in known:
            words.append(Word(match.group(0).lower(), *match.span()))
        elif words and words[-1].text == NAME:
            words[-1] = Word(NAME, words[-1].start, match.end())
        else:
            words.append(Word(NAME, *match.span()))
    return words


@cache
def number_of(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")


def runs_of(words: list[str]) -> np.ndarray:
    """A 64-bit number for each run of eight words."""
    count = len(words) - RUN + 1
    if count < 1:
        return np.zeros(0, np.uint64)
    numbers = np.array([number_of(word) for word in words], np.uint64)
    mixed = np.zeros(count, np.uint64)
    for place in range(RUN):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + numbers[place : place + count]
        mixed ^= mixed >> np.uint64(29)
    return mixed


def probes(runs: np.ndarray) -> np.ndarray:
    """The places in the filter, [PROBES, runs]."""
    first = runs & np.uint64(0xFFFFFFFF)
    step = (runs >> np.uint64(32)) | np.uint64(1)
    turns = np.arange(PROBES, dtype=np.uint64)[:, None]
    return (first + turns * step) % np.uint64(BITS)


class Known:
    """The runs of words that training has read."""

    def __init__(self, bits: np.ndarray, entries: int):
        self.bits, self.entries = bits, entries

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Known":
        parts = [runs_of([word.text for word in words_of(text)]) for text in texts]
        runs = np.unique(np.concatenate([np.zeros(0, np.uint64), *parts]))
        flags = np.zeros(BITS, bool)
        flags[probes(runs).astype(np.int64)] = True
        return cls(np.packbits(flags), len(runs))

    @classmethod
    def read(cls, path: Path = FILTER) -> "Known":
        with np.load(path, allow_pickle=False) as file:
            return cls(file["bits"], int(file["entries"]))

    def save(self, path: Path = FILTER) -> None:
        np.savez(path, bits=self.bits, entries=self.entries)

    def __or__(self, other: "Known") -> "Known":
        return Known(self.bits | other.bits, self.entries + other.entries)

    def holds(self, runs: np.ndarray) -> np.ndarray:
        places = probes(runs).astype(np.int64)
        found = (self.bits[places >> 3] >> (7 - (places & 7))) & 1
        return found.all(axis=0)

    def mistaken(self, tries: int = 100_000) -> float:
        """How often a run that nobody wrote is taken for a known one."""
        dice = np.random.default_rng(7)
        runs = dice.integers(0, 2**63, tries, dtype=np.uint64) * np.uint64(2)
        return float(self.holds(runs).mean())


def scene_texts(each: int = 24) -> Iterator[str]:
    """Every plot and sequel told so often; heroes are one sign in the filter anyway."""
    rng = random.Random(7)
    for plot in (*read_plots(), *read_plots(SEQUELS)):
        for _ in range(each):
            yield " ".join(scene_of(plot, (), rng)[2])


def longest_known(text: str, known: Known, names: Iterable[str] = ()) -> str:
    """The longest stretch of the text made of known runs; empty if there is none."""
    words = words_of(text, names)
    best, length = (0, 0), 0
    for place, hit in enumerate(known.holds(runs_of([word.text for word in words]))):
        length = length + 1 if hit else 0
        if length > best[1]:
            best = (place - length + 1, length)
    first, hits = best
    if not hits:
        return ""
    return text[words[first].start : words[first + hits + RUN - 2].end]


def median(values: np.ndarray, axis: int) -> np.ndarray:
    return np.percentile(values, 50, axis=axis)


def hundredth(values: np.ndarray, axis: int) -> np.ndarray:
    return np.percentile(values, 99, axis=axis)


def theirs() -> str:
    shipped = json.loads(REFERENCE.read_text(encoding="utf-8"))["longest_run"]
    return f"held-out tinystories: {shipped['99th']}, median {shipped['median']}"


def longest(
    stories: list[Story], count: Callable[[str], int], known: Known
) -> tuple[list[int], list[int]]:
    """The longest known run of each story, in tokens and in words."""
    tokens, words = [], []
    for story in stories:
        run = longest_known(story.text, known, story.held_out.listed("Names"))
        tokens.append(count(run) if run else 0)
        words.append(len(words_of(run)))
    return tokens, words


def measure(
    stories: list[Story],
    count: Callable[[str], int],
    others: Known | None = None,
    plots: Known | None = None,
) -> list[Figure]:
    """`count`: tokens in a text. A story's longest run, whatever its passages.

    `others`: runs of what others wrote, and of the pairs; `plots`: of our plots.
    """
    others = others or Known.read()
    known = others | (plots or Known.of(scene_texts()))
    tokens, words = longest(stories, count, known)
    tokens_of_others, words_of_others = longest(stories, count, others)
    note = (
        f"tokens; filters of {known.entries:,} runs of {RUN} words, names aside; "
        f"{known.mistaken():.2%} false hits"
    )
    name = "longest run copied from training, 99th percentile"
    return [
        statistic(name, tokens, hundredth, Bar(below=40), note),
        statistic("- median", tokens, median, note="0: no run of 8 words is known"),
        statistic("- 99th percentile in words", words, hundredth),
        Figure("- longest of all", float(max(tokens, default=0))),
        statistic("- from all but our own plots, 99th", tokens_of_others, hundredth),
        statistic("- the same, median", tokens_of_others, median),
        statistic("- the same, in words", words_of_others, hundredth, note=theirs()),
    ]
