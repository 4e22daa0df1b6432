"""Whose turn it is in a script."""

from collections.abc import Sequence

from torch import Tensor


class Speakers:
    """Lets somebody else speak after a line of a script ("Ana: Look!").

    A small model draws the speaker like any word, and people answer themselves. After
    anything but a speech, as "(They look up.)", it is anybody's turn.
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
        begins = [name[0] for name in names if name]
        self._names = [n for n in map(list, names) if n and begins.count(n[0]) == 1]
        self._breaks, self._colon = frozenset(breaks), frozenset(colon)

    def __call__(self, history: Sequence[int], scores: Tensor) -> Tensor:
        drawn = list(history[self._prompt :])
        if not drawn or drawn[-1] not in self._breaks:
            return scores
        line = self._last_line(drawn[:-1])
        for name in self._names:
            if line[: len(name)] == name and self._colon & set(line[len(name) :][:1]):
                scores = scores.clone()
                scores[name[0]] -= self.AGAIN
        return scores

    def _last_line(self, drawn: list[int]) -> list[int]:
        starts = (at + 1 for at, token in enumerate(drawn) if token in self._breaks)
        return drawn[max(starts, default=0) :]
