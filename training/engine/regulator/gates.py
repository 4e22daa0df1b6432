"""What no candidate may do, however well its tone fits.

A candidate is judged as what comes next: after the words before it, with the people
of the story, for a person who wants some words avoided.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from training.engine.guide.features import LATIN, LETTER, words

#: Share of 4-word runs that stood in the passage before.
REPEATED = 0.12
#: Words of strong feeling: how strong (of 4), how many of all, how many are always
#: fine. In stories about 4 % of the words are, so this is some three times that.
STRONG, CROWDED, ALWAYS_FINE = 1.9, 0.13, 2
#: Share of letters that two spellings of one name have in common.
ALIKE = 0.6
#: The same where only their first letter is the same.
MUCH_ALIKE = 0.75
#: Words of the story before that a repetition is looked for in.
NEAR = 250

NAME = re.compile(r"(?<=[a-z,;] )[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+")
#: “Ana and Ana”, “Ana peeled oranges for Ana”: a small model asked for two takes the
#: one it has twice.
JOINED = re.compile(
    r"\b([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)(?:,? (?:and|or|with)|"
    r"(?: (?!and |but |or |so |as |that |when |who )[a-z]+){1,5}"
    r" (?:for|to|at|from|beside|behind|near|towards)) \1\b(?!['’-])"
)
LAST_WORDS = re.compile(r"(^|[.!?…]\W*)\s*the end\W*$", re.IGNORECASE)
LEXICON = SentimentIntensityAnalyzer().lexicon


@dataclass(frozen=True, slots=True)
class Gates:
    """The rules for one passage."""

    #: What the story told before this passage.
    before: str = ""
    names: Sequence[str] = ()
    avoid: re.Pattern[str] | None = None
    strength: float = 1.0
    #: Whether this passage was asked to end the story.
    ending: bool = True

    def faults(self, passage: str, candidate: str) -> tuple[str, ...]:
        """What is wrong with a candidate after the passage so far; best is none."""
        found = {
            "avoided": bool(self.avoid and self.avoid.search(candidate)),
            "empty": not words(candidate),
            "script": not self.same_script(passage, candidate),
            "repeats": self.repeats(passage, candidate),
            "name": self.misspells(candidate),
            "joined": bool(JOINED.search(candidate)),
            "ends": not self.ending and bool(LAST_WORDS.search(candidate)),
            "crowded": crowded(candidate),
        }
        return tuple(name for name, wrong in found.items() if wrong)

    def first_name(self, passage: str, candidate: str) -> bool:
        """Does it call somebody of the story by name, when nobody was yet?"""
        known = set(self.names) | set(NAME.findall(self.before))
        return not any(name in passage for name in known) and any(
            name in candidate for name in known
        )

    def same_script(self, passage: str, candidate: str) -> bool:
        """A small model lost among rare tokens leaves the script of its story."""
        known = (self.before + passage) or "a"
        return latin(candidate) == latin(known)

    def repeats(self, passage: str, candidate: str) -> bool:
        told = words(self.before)[-NEAR:] + words(passage)
        new = words(candidate)
        if len(new) < 4:
            return new == told[-len(new) :] if new else False
        seen = Counter(runs(told))
        again = 0
        for run in runs(new):
            again += seen[run] > 0
            seen[run] += 1
        return again / len(runs(new)) > REPEATED

    def misspells(self, candidate: str) -> bool:
        """“Ossie” where the story has an Osric, and no Ossie."""
        known = {part for name in self.names for part in name.split()}
        known |= set(NAME.findall(self.before))
        return any(
            name not in known and any(alike(name, other) for other in known)
            for name in NAME.findall(candidate)
        )


def alike(name: str, other: str) -> bool:
    """Same beginning, about the same length, most letters shared: a slip of the pen."""
    ours, theirs = name.lower(), other.lower()
    if ours.rstrip("s") == theirs.rstrip("s") or ours[:1] != theirs[:1]:
        return False
    if abs(len(ours) - len(theirs)) > 2:
        return False
    shared = SequenceMatcher(None, ours, theirs, autojunk=False).ratio()
    return shared >= (ALIKE if ours[:2] == theirs[:2] else MUCH_ALIKE)


def crowded(text: str) -> bool:
    """A list of feelings in place of a story: happy, happy, joy."""
    found = words(text)
    strong = sum(abs(LEXICON.get(word, 0.0)) >= STRONG for word in found)
    return strong > ALWAYS_FINE and strong > CROWDED * len(found)


def latin(text: str) -> bool:
    letters = len(LETTER.findall(text))
    return not letters or len(LATIN.findall(text)) >= 0.5 * letters


def runs(tokens: list[str]) -> list[tuple[str, ...]]:
    return list(zip(*(tokens[at:] for at in range(4)), strict=False))
