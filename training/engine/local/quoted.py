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
    nearly says so itself, the more so the longer the quotation is; nothing else is
    helped to come in between. What the story has quoted it does not quote again.
    """

    #: Tokens that make a quotation, names not counted.
    LEAST = 3
    #: No longer run is looked for.
    LONGEST = 8
    #: Nats below the likeliest token, for each token of it, at which it goes on.
    NEAR = 0.75
    #: Nats above all others: no word has room there then (see `Wanted`).
    SURE = 20.0

    def __init__(
        self,
        prompt: Sequence[int],
        details: int,
        written: int,
        names: frozenset[int] = frozenset(),
        breaks: Sequence[int] = (),
    ) -> None:
        """`details`: how many tokens of the prompt the header takes; `written`: prompt
        and story before this passage. `names`: tokens that names are made of,
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
        follows, run = self._follows(drawn, history)
        if follows is None or scores[follows] < scores.max() - self.NEAR * run:
            return scores
        scores = scores.clone()
        scores[follows] = scores.max() + self.SURE
        return scores

    def _follows(
        self, drawn: list[int], history: Sequence[int]
    ) -> tuple[int | None, int]:
        """The token after what is quoted at the end of `drawn`, if there is just one
        that the story did not quote before, and how many tokens are quoted."""
        places = self._places.get(drawn[-1], ()) if drawn else ()
        runs = [(self._run(drawn, place), self._details[place + 1]) for place in places]
        quoted = {token for run, token in runs if run >= self.LEAST}
        if len(quoted) != 1 or self._breaks & quoted:
            return None, 0
        run, follower = max(runs)
        story = list(history[len(self._details) :])
        said = [*drawn[-self.LEAST :], follower]
        return (None, 0) if holds(story, said) else (follower, run)

    def _run(self, drawn: list[int], place: int) -> int:
        """How many tokens up to `place` are those at the end of `drawn`, but names."""
        most = min(self.LONGEST, place + 1, len(drawn))
        run = length = 0
        while length < most and self._details[place - length] == drawn[-1 - length]:
            token = drawn[-1 - length]
            if token in self._breaks:
                break
            run += token not in self._names
            length += 1
        return run
