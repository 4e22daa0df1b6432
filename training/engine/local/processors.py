"""What may change a request's scores before a token is drawn."""

import math
from collections.abc import Sequence
from typing import Protocol

from torch import Tensor


class Processor(Protocol):
    """Like a transformers LogitsProcessor, for one row, with its whole history."""

    def __call__(self, history: Sequence[int], scores: Tensor) -> Tensor:
        """`history`: prompt and drawn ids. `scores` [vocabulary]; returns the same."""
        ...


class Rival(Protocol):
    """Whatever holds the scores of another row."""

    scores: Tensor | None


class NewWord:
    """Makes the first token begin a new word, after text that ends in a space.

    Tokens carry the space before a word, so the prompt is read without its last
    space; without this, the model might then lengthen the last word instead.
    """

    def __init__(self, prompt: int, starts: Tensor) -> None:
        """`prompt`: its tokens. `starts` [vocabulary]: which tokens begin a word."""
        self._prompt = prompt
        self._starts = starts

    def __call__(self, history: Sequence[int], scores: Tensor) -> Tensor:
        if len(history) > self._prompt or not self._starts.any():
            return scores
        closed = scores.new_full(scores.shape, float("-inf"))
        known = len(self._starts)
        closed[:known] = scores[:known].masked_fill(~self._starts, float("-inf"))
        return closed


class Contrast:
    """Leans away from what the same story would say if asked for the opposite.

    Only among what is plausible as asked: beyond, the difference of two small numbers
    would speak.
    """

    #: Tokens that together are this likely, as asked, may be drawn at all.
    PLAUSIBLE = 0.68

    def __init__(self, rival: Rival, strength: float) -> None:
        """`rival`: the row that reads the opposite ask; its scores are as fresh."""
        self._rival = rival
        self._strength = strength

    def __call__(self, history: Sequence[int], scores: Tensor) -> Tensor:
        assert self._rival.scores is not None, "a draft is ready when all its rows are"
        wanted = scores.log_softmax(-1)
        other = self._rival.scores.log_softmax(-1)
        leaned = wanted + self._strength * (wanted - other)
        chances, order = wanted.exp().sort(descending=True)
        outside = order[chances.cumsum(0) - chances > self.PLAUSIBLE]
        leaned[outside] = float("-inf")
        return leaned


def goes_on_as(scores: Tensor, inside: Tensor) -> int | None:
    """The likeliest token, where it lengthens the word before it."""
    best = int(scores.argmax())
    return best if best < len(inside) and bool(inside[best]) else None


def likeliest(tokens: Sequence[int], scores: Tensor) -> float:
    """The highest of these tokens' scores; of none, as low as can be."""
    return max((float(scores[token]) for token in tokens), default=-math.inf)


def since(drawn: list[int], marks: frozenset[int]) -> list[int]:
    """What was drawn after the last of these tokens."""
    starts = (at + 1 for at in range(len(drawn)) if drawn[at] in marks)
    return drawn[max(starts, default=0) :]


def holds(drawn: list[int], phrase: list[int]) -> bool:
    size = len(phrase)
    return any(drawn[i : i + size] == phrase for i in range(len(drawn) - size + 1))


def ends_with_start_of(drawn: list[int], phrase: list[int]) -> int:
    """How many tokens of the phrase stand at the end of what was drawn."""
    for length in range(min(len(phrase), len(drawn)), 0, -1):
        if drawn[-length:] == phrase[:length]:
            return length
    return 0
