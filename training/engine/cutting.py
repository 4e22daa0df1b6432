"""Long texts in passages, and texts kept apart. No torch."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from training.engine.fitting import Told

#: Words of a passage: what the editor asks for.
SHORT, LONG = 45, 130
#: Two texts that share a run of so many words are not apart.
SHARED = 13
_SENTENCE = re.compile(r"(?<=[.!?…。！？])[\"'”’)]*\s+")


def passages_of(text: str) -> list[str]:
    """A long text in passages of about a paragraph, cut between sentences."""
    passages: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        paragraph = paragraph.strip()
        if not paragraph:
            continue
        for part in _cut(paragraph):
            if passages and len(passages[-1].split()) < SHORT:
                passages[-1] += "\n\n" + part
            else:
                passages.append(part)
    return passages


def _cut(paragraph: str) -> Iterator[str]:
    if len(paragraph.split()) <= LONG:
        yield paragraph
        return
    begin = words = 0
    for end in (found.end() for found in _SENTENCE.finditer(paragraph)):
        words = len(paragraph[begin:end].split())
        if words >= LONG * 0.7:
            yield paragraph[begin:end].strip()
            begin = end
    if rest := paragraph[begin:].strip():
        yield rest


def split(
    told: Sequence[Told], valid: float = 0.1, test: float = 0.1
) -> tuple[list[Told], list[Told], list[Told]]:
    """The last words to be tested on, those before them to stop by, the rest to learn.

    `told` in the order of time. A text that also stands in what is held out is left
    out of what is learnt.
    """
    total = sum(words_in(each) for each in told)
    learn: list[Told] = []
    stop: list[Told] = []
    last: list[Told] = []
    seen = 0
    for unit in units_of(told):
        words = sum(words_in(each) for each in unit)
        middle = (seen + words / 2) / max(1, total)
        part = (
            last if middle > 1 - test else stop if middle > 1 - test - valid else learn
        )
        part += unit
        seen += words
    return without_overlap(learn, [*stop, *last]), without_overlap(stop, last), last


def units_of(told: Sequence[Told]) -> list[list[Told]]:
    """What stays together: whole documents, unless one of them is most of it all."""
    documents = [list(group) for _, group in groupby(told, lambda each: each.document)]
    largest = max((sum(map(words_in, unit)) for unit in documents), default=0)
    if 3 * largest > sum(map(words_in, told)):
        return [[each] for each in told]
    return documents


def words_in(told: Told) -> int:
    return len(told.text.split())


def without_overlap(
    train: Sequence[Told], held: Sequence[Told], run: int = SHARED
) -> list[Told]:
    """`train` less what shares a run of so many words with the held-out texts."""
    seen = {gram for each in held for gram in _grams(each.text, run)}
    return [each for each in train if not seen & set(_grams(each.text, run))]


def _grams(text: str, run: int) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return zip(*(words[at:] for at in range(run)), strict=False)
