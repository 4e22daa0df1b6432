"""Helps a small model to bring in what the story is asked to hold."""

from collections.abc import Sequence

from torch import Tensor

from training.engine.local.processors import (
    ends_with_start_of,
    goes_on_as,
    holds,
    likeliest,
)


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
