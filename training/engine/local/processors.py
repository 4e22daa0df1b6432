"""What may change a request's scores before a token is drawn."""

import math
from collections.abc import Callable, Sequence
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


class Wanted:
    """Helps a small model to bring in what the story is asked to hold, each once.

    It lists a header's things where it leans to any noun at all, as after "the"; the
    one that is asked for becomes likelier there. Elsewhere, it has to be nearly due
    by itself, as names have to be everywhere: pushed into a line that has no room for
    it, it would derail the line. What has been said is never pushed again, only spelled
    to its end where it is begun, a thing of several words with all of them; unless
    after "the", its first token alone may begin another word ("st" of "stamp album" in
    "stared"). As with `Names`, nobody takes the place of a teller who is likelier.
    """

    #: Nats below the likeliest token at which a word still has room, and those at which
    #: it is nearly due.
    REACH = 5.0
    DUE = 2.5
    #: What going on with a begun phrase is worth.
    SPELLED = 9.0
    #: Tokens after which what is still unsaid is pushed twice as hard, and no harder.
    PATIENCE = 40

    def __init__(
        self,
        prompt: int,
        phrases: Sequence[Sequence[int]],
        inside: Tensor,
        strength: float,
        names: Sequence[Sequence[int]] = (),
        teller: Sequence[int] = (),
        articles: Sequence[int] = (),
        starts: Tensor | None = None,
        plural: Sequence[int] = (),
    ) -> None:
        """`prompt`: its tokens. `phrases`: the tokens of each, as after a space; those
        of them that are people: `names`. `inside` [vocabulary]: which tokens lengthen a
        word. `strength`: in logits. `teller`: tokens such as " I", `articles`: such as
        " the". `starts` [vocabulary]: which begin a word, if others than those inside
        one go on with it, as the hyphen of "walkie-talkie" does. `plural`: the
        token of an "s".
        """
        self._prompt = prompt
        self._phrases = [list(phrase) for phrase in phrases if phrase]
        self._inside = inside
        self._strength = strength
        self._names = [list(name) for name in names]
        self._teller = list(teller)
        self._articles = frozenset(articles)
        self._joined = inside if starts is None else ~starts
        self._plural = list(plural)

    def __call__(self, history: Sequence[int], scores: Tensor) -> Tensor:
        drawn = list(history[self._prompt :])
        raw, scores = scores, scores.clone()
        noun = bool(drawn) and drawn[-1] in self._articles
        strength = self._strength * (1 + min(1.0, len(drawn) / self.PATIENCE))
        for phrase in self._phrases:
            begun = ends_with_start_of(drawn, phrase)
            said = holds(drawn, phrase)
            if 0 < begun < len(phrase) and (begun > 1 or not said):
                sure = self._is_it(phrase, begun, raw) or self._thing(drawn, phrase)
                if not said and sure and raw[phrase[begun]].isfinite():
                    scores[phrase[begun]] = raw.max() + self.SPELLED
                elif self._goes_on(drawn, phrase, begun, raw):
                    scores[phrase[begun]] += self.SPELLED
            elif not said and self._has_room(phrase, raw, noun):
                scores[phrase[0]] += strength
        return scores

    def _is_it(self, phrase: list[int], begun: int, scores: Tensor) -> bool:
        """Whether the middle of one of its words was reached. A model that never read
        the word may be sure of another ending ("zeppel" of "zeppelin"); but one of
        "lanterns" is a lantern."""
        in_a_word = goes_on_as(scores, self._inside) is not None
        rest = phrase[begun:]
        middle = begun > 1 and bool(self._joined[rest[0]]) and rest != self._plural
        return middle and (begun > 2 or in_a_word)

    def _thing(self, drawn: list[int], phrase: list[int]) -> bool:
        """Whether "the" and the first word of a thing of several words were said: "the
        typewriter" is to be a typewriter ribbon, or it is asked for again and again."""
        begun = ends_with_start_of(drawn, phrase)
        follows = begun < len(drawn) and drawn[-begun - 1] in self._articles
        return follows and not self._joined[phrase[begun]] and phrase not in self._names

    def _goes_on(
        self, drawn: list[int], phrase: list[int], begun: int, scores: Tensor
    ) -> bool:
        """Whether what is begun at the end of `drawn` is this phrase."""
        if begun == 1:
            surely = len(drawn) > 1 and drawn[-2] in self._articles
        else:
            surely = bool(self._joined[phrase[begun]])
        return surely or bool(scores[phrase[begun]] >= scores.max() - self.REACH)

    def _has_room(self, phrase: list[int], scores: Tensor, noun: bool) -> bool:
        score, most = float(scores[phrase[0]]), float(scores.max())
        if phrase in self._names:
            free = score > likeliest(self._teller, scores)
            return free and score >= most - self.DUE
        return score >= most - (self.REACH if noun else self.DUE)


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
