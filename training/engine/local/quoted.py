"""Telling an experience as it was noted."""

from collections import defaultdict
from collections.abc import Sequence

from torch import Tensor

from training.engine.local.processors import holds


class Quoted:
    """Helps a small model to go on with what it quotes from the details of the prompt.

    It knows that an experience is told word for word, but loses words on the way ("I
    kept the bread all year" of "I kept the change from the bread all year"), and
    `Wanted` may bring in, in the middle of it, what belongs to its end. Once some of
    the details are quoted, the token that follows there comes next, if the model
    nearly says so itself; nothing else is helped to come in between. What was quoted
    is not quoted again.
    """

    #: Tokens that make a quotation, names not counted.
    LEAST = 4
    #: No longer run is looked for.
    LONGEST = 8
    #: Nats below the likeliest token at which the quotation goes on.
    NEAR = 3.0
    #: More than any other help is worth.
    SURE = 20.0

    def __init__(
        self,
        prompt: Sequence[int],
        details: int,
        written: int,
        names: frozenset[int] = frozenset(),
        breaks: Sequence[int] = (),
    ) -> None:
        """`details`: how many tokens of the prompt come before any story; `written`:
        of prompt and story before this passage. `names`: tokens that names are made of,
        `breaks`: of a new line, with which what can be quoted ends.
        """
        self._details = list(prompt[:details])
        self._written = written
        self._names = names
        self._breaks = frozenset(breaks)
        self._places: defaultdict[int, list[int]] = defaultdict(list)
        for place, token in enumerate(self._details[:-1]):
            self._places[token].append(place)

    def __call__(self, history: Sequence[int], scores: Tensor) -> Tensor:
        drawn = list(history[self._written :])
        follows = self._follows(drawn)
        if follows is None or scores[follows] < scores.max() - self.NEAR:
            return scores
        scores = scores.clone()
        scores[follows] = scores.max() + self.SURE
        return scores

    def _follows(self, drawn: list[int]) -> int | None:
        """The token after what is quoted at the end of `drawn`, if there is just one
        that was not quoted before."""
        found: dict[int, int] = {}
        for place in self._places[drawn[-1]] if drawn else ():
            run, length = self._match(drawn, place)
            follower = self._details[place + 1]
            if run >= self.LEAST and follower not in self._breaks:
                found[follower] = max(length, found.get(follower, 0))
        if len(found) != 1:
            return None
        (follower, length), *_ = found.items()
        said = [*drawn[-length:], follower]
        return None if holds(drawn, said) else follower

    def _match(self, drawn: list[int], place: int) -> tuple[int, int]:
        """How many tokens up to `place` are those at the end of `drawn`; names
        not counted, and counted."""
        most = min(self.LONGEST, place + 1, len(drawn))
        run = length = 0
        while length < most and self._details[place - length] == drawn[-1 - length]:
            token = drawn[-1 - length]
            if token in self._breaks:
                break
            run += token not in self._names
            length += 1
        return run, length
