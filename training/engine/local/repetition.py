"""Against saying again, word for word, what was just said."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Spared:
    """Tokens that may come again: of names, " and" or ":" after one, inside words."""

    names: frozenset[int] = frozenset()
    joins: frozenset[int] = frozenset()
    inside: Tensor | None = None  # booleans [vocabulary]

    def holds(self, token: int, last: int, short: bool) -> bool:
        """Whether `token` may follow `last` again. A word is finished only where the
        run is `short`: there are scripts without spaces. No token goes on with itself
        for ever."""
        if token == last:
            return False
        if token in self.names or (token in self.joins and last in self.names):
            return True
        if self.inside is None or token >= len(self.inside):
            return False
        return short and bool(self.inside[token])


class Repetition:
    """Makes it ever harder to repeat, word for word, what was just written.

    After "DRY" sampling: a token that would lengthen a repeated run of n tokens loses
    strength * 1.75 ** (n - 2). Single words are never touched, unlike with the usual
    repetition penalty, which starves a story of its own names and commas.

    What the prompt explains does not count: a name that stands there may come again
    and again. Only copying a long stretch of the prompt itself is hindered; of the
    details that are to be told, only one that no experience fills. Nor do the story's
    names count, nor the "and" of two of them; and a word that was begun is finished.
    Hindered there, it would be misspelt.
    """

    BASE = 1.75
    #: Runs shorter than this are ordinary language.
    ALLOWED = 2
    #: Longer than any name: from here on, repeating the prompt is copying it.
    COPIED = 12
    #: The same of the details before the story: an experience is told as it was noted.
    DETAILS = 48
    #: In a run shorter than this a word that was begun is finished.
    WORD = 6
    #: No longer run is looked for; the penalty is already prohibitive.
    LONGEST = 64

    def __init__(
        self,
        prompt: Sequence[int],
        strength: float,
        details: int = 0,
        spared: Spared | None = None,
    ) -> None:
        """`details`: how many tokens of the prompt come before the story."""
        self._strength = strength
        self._spared = spared or Spared()
        self._prompt, self._details = len(prompt), details
        self._known = 0
        self._places: defaultdict[int, list[int]] = defaultdict(list)

    def __call__(self, history: Sequence[int], scores: Tensor) -> Tensor:
        runs = self._runs(history)
        losses = {
            token: self._strength * self.BASE ** (run - self.ALLOWED)
            for token, run in runs.items()
            if run >= self.ALLOWED
            and not self._spared.holds(token, history[-1], run < self.WORD)
        }
        if not losses:
            return scores
        scores = scores.clone()
        scores[list(losses)] -= scores.new_tensor(list(losses.values()))
        return scores

    def _runs(self, history: Sequence[int]) -> dict[int, int]:
        """Next token -> length of the run it would lengthen, less what is excused."""
        written: dict[int, int] = {}
        quoted: dict[int, int] = {}
        beyond: dict[int, int] = {}  # what no excuse covers
        for place in self._earlier(history):
            follower = history[place + 1]
            mine = place >= self._prompt
            run = self._match(history, place, self._prompt if mine else 0)
            runs = written if mine else quoted
            runs[follower] = max(run, runs.get(follower, 0))
            if not mine:
                over = run - (self.DETAILS if place < self._details else self.COPIED)
                beyond[follower] = max(over, beyond.get(follower, over))
        for token, run in quoted.items():
            if beyond[token] >= 0:
                written[token] = beyond[token] + self.ALLOWED
            elif token in written:
                written[token] -= run
        return written

    def _earlier(self, history: Sequence[int]) -> list[int]:
        """Places before the last where the last token of `history` stands too."""
        last = len(history) - 1
        for place in range(self._known, last):
            self._places[history[place]].append(place)
        self._known = last
        return self._places[history[last]]

    def _match(self, history: Sequence[int], place: int, floor: int) -> int:
        """How many tokens up to `place` equal the drawn tokens at the end."""
        last = len(history) - 1
        most = min(self.LONGEST, place - floor + 1, last - self._prompt + 1)
        length = run = 0
        while length < most and history[place - length] == history[last - length]:
            run += history[place - length] not in self._spared.names
            length += 1
        return run
