"""A story as a reader sees it: sentences one can light, words one can tap."""

from dataclasses import dataclass

from stories.lessons.models import Tale
from stories.lessons.words import pattern_of


@dataclass(frozen=True)
class Part:
    """A stretch of a sentence; with a `word`, it is one that is explained."""

    text: str
    word: str = ""
    number: int = 0  # of the word in the glossary, from 1


@dataclass(frozen=True)
class Sentence:
    parts: list[Part]
    is_fact: bool


def paragraphs(tale: Tale) -> list[list[Sentence]]:
    words = [entry["word"] for entry in tale.glossary]
    return [
        [
            Sentence(parts_of(line["text"], words), line["source"] == "fact")
            for line in lines
        ]
        for lines in tale.paragraphs
    ]


def parts_of(text: str, words: list[str]) -> list[Part]:
    """Target words stand apart; of two that overlap, the first one wins."""
    found = sorted(
        (match.start(), match.end(), number, word)
        for number, word in enumerate(words, 1)
        for match in pattern_of(word).finditer(text)
    )
    parts, at = [], 0
    for start, end, number, word in found:
        if start < at:
            continue
        if text[at:start]:
            parts.append(Part(text[at:start]))
        parts.append(Part(text[start:end], word, number))
        at = end
    if text[at:]:
        parts.append(Part(text[at:]))
    return parts
