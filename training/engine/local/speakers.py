"""Whose turn it is in a script."""

from collections.abc import Sequence

from torch import Tensor


class Speakers:
    """Lets somebody else speak after a line of a script ("Ana: Look!").

    A small model draws the speaker like any word, and people answer themselves. As
    likely as it finds that they go on, somebody else does. After anything but a speech,
    as "(They look up.)", it is anybody's turn.
    """

    #: Nats that it costs to go on speaking.
    AGAIN = 6.0

    def __init__(
        self,
        prompt: int,
        names: Sequence[Sequence[int]],
        breaks: Sequence[int],
        colon: Sequence[int],
    ) -> None:
        """`prompt`: its tokens. `names`: the tokens of each as a line begins with it;
        `breaks`: of a new line; `colon`: of what follows the name of who speaks.
        """
        self._prompt = prompt
        self._names = [list(name) for name in names if name]
        self._breaks, self._colon = frozenset(breaks), frozenset(colon)

    def __call__(self, history: Sequence[int], scores: Tensor) -> Tensor:
        lines = self._lines(list(history[self._prompt :]))
        spoke = self._speaker(lines[-2]) if len(lines) > 1 else None
        if spoke is None:
            return scores
        line, size = lines[-1], len(lines[-1])
        others = {
            name[size]
            for name in self._names
            if name != spoke and name[:size] == line and size < len(name)
        }
        if spoke[:size] != line or size >= len(spoke) or spoke[size] in others:
            return scores
        return self._hand_over(scores, spoke[size], others)

    def _hand_over(self, scores: Tensor, token: int, others: set[int]) -> Tensor:
        """From the name that goes on with `token` to the likeliest of others."""
        if not others:
            return scores
        scores = scores.clone()
        heir = max(others, key=lambda other: float(scores[other]))
        scores[heir] = scores[heir].maximum(scores[token])
        scores[token] -= self.AGAIN
        return scores

    def _speaker(self, line: list[int]) -> list[int] | None:
        for name in self._names:
            after = line[len(name) :][:1]
            if line[: len(name)] == name and self._colon.intersection(after):
                return name
        return None

    def _lines(self, drawn: list[int]) -> list[list[int]]:
        lines: list[list[int]] = [[]]
        for token in drawn:
            if token in self._breaks:
                lines.append([])
            else:
                lines[-1].append(token)
        return lines
