"""Read the corpus: clean, screen, split into sentences, hold some out."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from training.seedling.recipe import SCREEN_WORDS

BREAK = "<|endoftext|>"
# Old prose for breadth: half of it, or it would outweigh the simple stories.
LARGE = "classic_children"
TITLED = {"bookdash", "pratham_books", "african_storybook"}
PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "`": "'", "\xa0": " "})
SENTENCE_END = re.compile(
    r"(?<=[.!?])\s+(?=[\"'(]?[A-Z0-9])|(?<=[.!?][\"'])\s+(?=[\"'(]?[A-Z0-9])"
)
PREACHED = re.compile(r"\bmoral of (?:the|this) story\b", re.IGNORECASE)
ABBREVIATION = re.compile(r"\b(Mr|Mrs|Ms|Dr|St|Prof|Capt|etc)\.$")


@dataclass
class Story:
    key: str
    source: str
    title: str
    paragraphs: list[list[str]]  # each a list of sentences

    @property
    def text(self) -> str:
        return "\n\n".join(" ".join(p) for p in self.paragraphs)


def story_key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_held_out(key: str, one_in: int = 50) -> bool:
    """By hash of the story alone, so that no later run ever trains on it."""
    return int(key[:8], 16) % one_in == 0


def is_read(key: str) -> bool:
    return int(key[8:12], 16) % 2 == 0


def screen_pattern(path: Path = SCREEN_WORDS) -> re.Pattern[str]:
    words = [
        re.escape(line.strip()).replace(r"\*", r"\w*")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    return re.compile(r"\b(?:" + "|".join(words) + r")\b", re.IGNORECASE)


SCREEN = screen_pattern()


def listed_word(text: str) -> str | None:
    """The first screened word in the text, or None when it may be read."""
    found = SCREEN.search(text)
    return found.group(0).lower() if found else None


def sentences_of(paragraph: str) -> list[str]:
    found: list[str] = []
    for piece in SENTENCE_END.split(" ".join(paragraph.split())):
        if found and ABBREVIATION.search(found[-1]):
            found[-1] += " " + piece
        elif piece:
            found.append(piece)
    return found


def lines_of(text: str, source: str) -> list[str]:
    """One entry a paragraph. Picture books have one line a page: join a few."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if source not in TITLED:
        return lines
    joined: list[str] = []
    for line in lines:
        ended = bool(joined) and joined[-1][-1] in ".!?\"'"
        if joined and (not ended or len(joined[-1].split()) < 30):
            joined[-1] += " " + line
        else:
            joined.append(line)
    return joined


def parse(raw: str, source: str) -> Story | None:
    text = raw.translate(PLAIN).strip()
    if len(text.split()) < 25 or listed_word(text):
        return None
    title = ""
    if source in TITLED:
        first, _, rest = text.partition("\n")
        if len(first.split()) <= 10 and rest.strip():
            title, text = first.strip(), rest.strip()
    paragraphs = [
        [s for s in sentences_of(line) if not PREACHED.search(s)]
        for line in lines_of(text, source)
    ]
    return Story(story_key(text), source, title, [p for p in paragraphs if p])


def read_source(folder: Path, source: str) -> Iterator[Story]:
    path = folder / f"{source}.txt"
    if path.exists():
        for raw in path.read_text(encoding="utf-8").split(BREAK):
            if story := parse(raw, source):
                yield story


def read_corpus(folder: Path, sources: Iterable[str]) -> Iterator[Story]:
    """Every screened story once."""
    seen: set[str] = set()
    for source in sources:
        for story in read_source(folder, source):
            if story.key not in seen and (source != LARGE or is_read(story.key)):
                seen.add(story.key)
                yield story
