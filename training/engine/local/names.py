"""Helps a small model to call the people of a story by their names."""

from collections.abc import Callable, Sequence

from torch import Tensor

from training.engine.local.processors import (
    ends_with_start_of,
    goes_on_as,
    likeliest,
    since,
)


class Names:
    """Helps a small model to call the people of a story by their names.

    It has learnt where a name belongs, but not to spell one it never read: where it
    leans to some name, these are likelier; once one is begun, it is finished, its first
    token only where the word goes on (and not "The" of "Theodora"), unless it goes on
    as a usual word ("Since", and not "Sunniva"), and no letters are stuck to its end,
    unless they make the name of somebody else ("Ann", "Anna"). Nobody is named beside
    themselves, as in "Ana and Ana", nor where "I" is likelier: whoever tells the story
    would become somebody else.
    """

    #: What spelling a begun name is worth.
    SPELLED = 12.0
    #: Against letters at its end. A token seldom read may lead surely to itself.
    WHOLE = 40.0
    #: Nats below the likeliest token at which the second token of a name that a line
    #: begins with is meant, and not another word.
    NEAR = 8.0
    #: The same of any token of a name where a usual word ("For", not "Fausta") goes on.
    NEARER = 1.4
    #: Tokens after which a name is due again; "he" and "she" stand in between.
    RESTS = 20

    def __init__(
        self,
        prompt: int,
        names: Sequence[Sequence[int]],
        inside: Tensor,
        strength: float,
        first: Sequence[Sequence[int]] = (),
        joins: Sequence[int] = (),
        teller: Sequence[int] = (),
        breaks: Sequence[int] = (),
        quotes: Sequence[int] = (),
        usual: Callable[[Sequence[int]], bool] = lambda tokens: False,
    ) -> None:
        """`prompt`: its tokens. `names`: the tokens of each, as after a space, `first`:
        as a line or a speech begins with it. `inside` [vocabulary]: which tokens
        lengthen a word. `strength`: in logits. `joins`: tokens such as " and";
        `teller`: such as " I"; `breaks`: of a new line, `quotes`: of a quotation mark.
        `usual`: whether a usual word begins with these tokens.
        """
        self._prompt = prompt
        self._names = [list(name) for name in names if name]
        self._first = [list(name) for name in first if name]
        self._inside = inside
        self._strength = strength
        self._joins = frozenset(joins)
        self._breaks = frozenset(breaks)
        self._opens = self._breaks.union(quotes)
        self._teller = list(teller)
        self._usual = usual

    def __call__(self, history: Sequence[int], scores: Tensor) -> Tensor:
        drawn = list(history[self._prompt :])
        told = likeliest(self._teller, scores)
        in_a_word = goes_on_as(scores, self._inside) is not None
        near = scores.max() - self.NEAR
        raw, scores = scores, scores.clone()
        goes_on: set[int] = set()  # tokens that spell a name
        whole = False
        for name in self._names:
            begun = ends_with_start_of(drawn, name)
            if begun == len(name):
                whole = True
            elif begun and self._is_word(drawn[-begun:], name[begun], raw):
                continue
            elif begun > 1 or (begun and in_a_word and self._inside[name[1]]):
                scores[name[begun]] += self.SPELLED
                goes_on.add(name[begun])
            elif begun:
                scores[name[begun]] += self._strength * 2
                goes_on.add(name[begun])
            elif scores[name[0]] > told and name[0] not in drawn[-self.RESTS :]:
                scores[name[0]] += self._strength
        line, speech = (since(drawn, marks) for marks in (self._breaks, self._opens))
        for name in self._first:
            begun = len(line)
            if name in (line, speech):
                whole = True
            elif 0 < begun < len(name) and line == name[:begun]:
                if self._is_word(line, name[begun], raw):
                    continue
                sure = begun > 1 or (in_a_word and scores[name[1]] > near)
                scores[name[begun]] += self.SPELLED if sure else self._strength * 2
                goes_on.add(name[begun])
        if whole:
            self._end(scores, goes_on)
        if drawn and drawn[-1] in self._joins:
            self._part(drawn[:-1], scores)
        return scores

    def _is_word(self, begun: list[int], token: int, scores: Tensor) -> bool:
        """Whether what is begun goes on as a usual word, and not with the `token` of a
        name."""
        best = goes_on_as(scores, self._inside)
        unlikely = bool(scores[token] < scores.max() - self.NEARER)
        return best is not None and unlikely and self._usual([*begun, best])

    def _end(self, scores: Tensor, goes_on: set[int]) -> None:
        """A name is whole: no letters but those of another name. The word of a place
        may begin a person's name ("St. Ives", "Stella"), so it costs less there."""
        kept = scores[list(goes_on)]
        worth = self.WHOLE if self._strength else self.SPELLED
        scores[: len(self._inside)][self._inside] -= worth
        scores[list(goes_on)] = kept

    def _part(self, drawn: list[int], scores: Tensor) -> None:
        """Whoever was just named is not whom they are with."""
        begins = [name[0] for name in self._names]
        for at, name in enumerate(self._names):
            said = drawn[-len(name) :] == name or drawn in self._first[at : at + 1]
            if said and begins.count(name[0]) == 1:
                scores[name[0]] -= self.SPELLED
