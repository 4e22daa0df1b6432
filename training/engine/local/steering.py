"""What works on the scores of one request before its tokens are drawn."""

import re
from collections.abc import Sequence

from training.engine.base import Prompt, Sampling
from training.engine.local.chat import Chat, ends_in_space
from training.engine.local.names import Names
from training.engine.local.processors import Contrast, NewWord, Processor, Rival
from training.engine.local.quoted import Quoted
from training.engine.local.repetition import Repetition, Spared
from training.engine.local.speakers import Speakers
from training.engine.local.wanted import Wanted

QUOTES = '"“„«'  # what a speech begins with
ARTICLES = "the a an my his her their our your its this that some The A An My His Her"


class Steering:
    """Chooses it, for one model."""

    def __init__(self, chat: Chat, asks: dict[str, float]) -> None:
        """`asks`: the model's own decoding settings. A small one may ask for help to
        name whom and what it should, in logits, as the seedling does.
        """
        self._chat = chat
        self._name_bias = asks.get("name_bias", 0.0)
        self._wanted_bias = asks.get("wanted_bias", 0.0)
        self._joins, self._teller = chat.spell("and"), chat.spell("I")
        self._breaks, self._colon = chat.ids("\n")[-1:], chat.ids(":")[-1:]
        quotes = [chat.ids(mark) for mark in QUOTES]
        self._quotes = [ids[0] for ids in quotes if len(ids) == 1]
        self._plural = chat.ids("s")
        articles = map(chat.spell, ARTICLES.split())
        self._articles = [tokens[0] for tokens in articles if tokens]

    def of(
        self,
        prompt: Prompt,
        ids: Sequence[int],
        sampling: Sampling,
        rival: Rival | None = None,
    ) -> list[Processor]:
        """`ids`: the prompt's tokens, and those of what was begun. `rival`: the row to
        lean away from. What is forbidden is no longer plausible when it is asked.
        """
        begun = self._chat.count(prompt.begun) if prompt.begun else 0
        written = len(ids) - begun
        found: list[Processor] = []
        if ends_in_space(prompt):
            found.append(NewWord(len(ids), self._chat.word_starts))
        spared = self._spared(prompt)
        if strength := sampling.repetition_penalty:
            details = self._chat.details(prompt, len(ids))
            found.append(Repetition(ids[:written], strength, details, spared))
        first = self._first(prompt)
        if self._name_bias and len(first) > 1:
            found.append(Speakers(written, first, self._breaks, self._colon))
        if self._wanted_bias:
            noted, names = self._chat.noted(prompt, ids), spared.names
            found.append(Quoted(ids, noted, written, names, self._breaks))
        if rival:
            found.append(Contrast(rival, prompt.contrast))
        return [*found, *self._told(prompt, written, first)]

    def _first(self, prompt: Prompt) -> list[list[int]]:
        """The tokens of each name, as a line begins with it."""
        return [self._chat.ids(name.strip()) for name in prompt.names]

    def _spared(self, prompt: Prompt) -> Spared:
        spell = self._chat.spell
        names = [token for name in prompt.names for token in spell(name)]
        names += [token for name in self._first(prompt) for token in name]
        joins = frozenset([*self._joins, *self._colon])
        return Spared(frozenset(names), joins, self._chat.inside_words)

    def _told(
        self, prompt: Prompt, written: int, first: list[list[int]]
    ) -> list[Processor]:
        """What helps this model to tell of whom and of what it was asked to."""
        if not (self._name_bias or self._wanted_bias):
            return []
        spell, inside, teller = self._chat.spell, self._chat.inside_words, self._teller
        usual = self._chat.usual
        found: list[Processor] = []
        if places := [spell(word) for word in capitalised(prompt.places)]:
            found.append(Names(written, places, inside, strength=0.0, usual=usual))
        names = [spell(name) for name in prompt.names]
        if (bias := self._name_bias) and names:
            around = first, self._joins, teller, self._breaks, self._quotes
            found.append(Names(written, names, inside, bias, *around, usual))
        if (bias := self._wanted_bias) and prompt.wanted:
            wanted = [spell(phrase) for phrase in prompt.wanted]
            beside = names, teller, self._articles, self._chat.word_starts
            found.append(Wanted(written, wanted, inside, bias, *beside, self._plural))
        return found


def capitalised(places: Sequence[str]) -> list[str]:
    """Their words that are names: "Marrowfield", nothing of "the bowling alley"."""
    words = re.findall(r"[^\W\d_][\w'’-]*", " ".join(places))
    known = (word for word in dict.fromkeys(words) if word not in ARTICLES.split())
    return [word for word in known if word[:1].isupper()]
