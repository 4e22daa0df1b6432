"""What may change a request's scores before a token is drawn."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
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
    token only where the word goes on (and not "The" of "Theodora"), and no letters are
    stuck to its end, unless they make the name of somebody else ("Ann", "Anna"). Nobody
    is named beside themselves, as in "Ana and Ana", nor where "I" is likelier: whoever
    tells the story would become somebody else.
    """

    #: What spelling a begun name is worth.
    SPELLED = 12.0
    #: Against letters at its end. A token seldom read may lead surely to itself.
    WHOLE = 40.0
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
    ) -> None:
        """`prompt`: its tokens. `names`: the tokens of each, as after a space, `first`:
        as a line or a speech begins with it. `inside` [vocabulary]: which tokens
        lengthen a word. `strength`: in logits. `joins`: tokens such as " and";
        `teller`: such as " I"; `breaks`: of a new line or a quotation mark.
        """
        self._prompt = prompt
        self._names = [list(name) for name in names if name]
        self._first = [list(name) for name in first if name]
        self._inside = inside
        self._strength = strength
        self._joins = frozenset(joins)
        self._breaks = frozenset(breaks)
        self._teller = list(teller)

    def __call__(self, history: Sequence[int], scores: Tensor) -> Tensor:
        drawn = list(history[self._prompt :])
        told = likeliest(self._teller, scores)
        best = int(scores.argmax())
        in_a_word = best < len(self._inside) and bool(self._inside[best])
        scores = scores.clone()
        goes_on: set[int] = set()  # tokens that spell a name
        whole = False
        for name in self._names:
            begun = ends_with_start_of(drawn, name)
            if begun == len(name):
                whole = True
            elif begun > 1 or (begun and in_a_word and self._inside[name[1]]):
                scores[name[begun]] += self.SPELLED
                goes_on.add(name[begun])
            elif begun:
                scores[name[begun]] += self._strength * 2
                goes_on.add(name[begun])
            elif scores[name[0]] > told and name[0] not in drawn[-self.RESTS :]:
                scores[name[0]] += self._strength
        line = self._line(drawn)
        for name in self._first:
            begun = len(line)
            if line == name:
                whole = True
            elif 0 < begun < len(name) and line == name[:begun]:
                sure = begun > 1 or (in_a_word and self._inside[name[1]])
                scores[name[begun]] += self.SPELLED if sure else self._strength * 2
                goes_on.add(name[begun])
        if whole:
            self._end(scores, goes_on)
        if drawn and drawn[-1] in self._joins:
            self._part(drawn[:-1], scores)
        return scores

    def _end(self, scores: Tensor, goes_on: set[int]) -> None:
        """A name is whole: no letters but those of another name."""
        kept = scores[list(goes_on)]
        scores[: len(self._inside)][self._inside] -= self.WHOLE
        scores[list(goes_on)] = kept

    def _line(self, drawn: list[int]) -> list[int]:
        """What was drawn since the line or the speech began."""
        starts = (at + 1 for at in range(len(drawn)) if drawn[at] in self._breaks)
        return drawn[max(starts, default=0) :]

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
    to its end where it is begun; unless after "the", its first token alone may begin
    another word ("st" of "stamp album" in "stared"). As with `Names`, nobody takes the
    place of a teller who is likelier there.
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
    ) -> None:
        """`prompt`: its tokens. `phrases`: the tokens of each, as after a space; those
        of them that are people: `names`. `inside` [vocabulary]: which tokens lengthen a
        word. `strength`: in logits. `teller`: tokens such as " I", `articles`: such as
        " the". `starts` [vocabulary]: which begin a word, if others than those inside
        one go on with it, as the hyphen of "walkie-talkie" does.
        """
        self._prompt = prompt
        self._phrases = [list(phrase) for phrase in phrases if phrase]
        self._inside = inside
        self._strength = strength
        self._names = [list(name) for name in names]
        self._teller = list(teller)
        self._articles = frozenset(articles)
        self._joined = inside if starts is None else ~starts

    def __call__(self, history: Sequence[int], scores: Tensor) -> Tensor:
        drawn = list(history[self._prompt :])
        raw, scores = scores, scores.clone()
        noun = bool(drawn) and drawn[-1] in self._articles
        strength = self._strength * (1 + min(1.0, len(drawn) / self.PATIENCE))
        for phrase in self._phrases:
            begun = ends_with_start_of(drawn, phrase)
            said = holds(drawn, phrase)
            if 0 < begun < len(phrase) and (begun > 1 or not said):
                if self._is_it(phrase, begun, raw):
                    scores[phrase[begun]] = raw.max() + self.SPELLED
                elif self._goes_on(drawn, phrase, begun, raw):
                    scores[phrase[begun]] += self.SPELLED
            elif not said and self._has_room(phrase, raw, noun):
                scores[phrase[0]] += strength
        return scores

    def _is_it(self, phrase: list[int], begun: int, scores: Tensor) -> bool:
        """Whether the middle of one of its words was reached. A model that never read
        the word may be sure of another ending ("zeppel" of "zeppelin")."""
        best = int(scores.argmax())
        in_a_word = best < len(self._inside) and bool(self._inside[best])
        middle = begun > 1 and bool(self._joined[phrase[begun]])
        return middle and (begun > 2 or in_a_word)

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


def likeliest(tokens: Sequence[int], scores: Tensor) -> float:
    """The highest of these tokens' scores; of none, as low as can be."""
    return max((float(scores[token]) for token in tokens), default=-math.inf)


def holds(drawn: list[int], phrase: list[int]) -> bool:
    size = len(phrase)
    return any(drawn[i : i + size] == phrase for i in range(len(drawn) - size + 1))


def ends_with_start_of(drawn: list[int], phrase: list[int]) -> int:
    """How many tokens of the phrase stand at the end of what was drawn."""
    for length in range(min(len(phrase), len(drawn)), 0, -1):
        if drawn[-length:] == phrase[:length]:
            return length
    return 0


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
