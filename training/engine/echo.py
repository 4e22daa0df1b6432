"""An engine without a model: quick, seeded and obedient, for fast tests only."""

import random
import re
import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

from training.engine.base import (
    HEARTBEAT,
    MOST_ADAPTERS,
    AdapterError,
    AdapterRef,
    EngineError,
    Piece,
    Prompt,
    PromptTooLong,
    Sampling,
)

WORDS = (
    "the river and a lamp under old stars she kept walking home while rain "
    "sang softly over quiet roofs his brother laughed then night came"
).split()

_TOKEN = re.compile(r"\s*\S+")
_SECONDS_PER_SLOW_PIECE = 0.05


class EchoEngine:
    """Writes words drawn from the prompt and a small vocabulary; one word, one token.

    Adapters must exist; each has the words drawn otherwise.

    A test steers it by what the last message says:
    [[slow]]   0.05 s before each piece        [[silent]] one long wait, heartbeats only
    [[fail]]   an EngineError after two pieces [[html]]   markup that must stay text
    [[end]]    ends by itself after five words [[emoji]]  writes emoji
    """

    most_adapters = MOST_ADAPTERS

    def __init__(self, *, context: int = 2048) -> None:
        self.name = "echo"
        self.context = context
        self.fingerprint = "echo"
        self._closed = False

    def count(self, text: str) -> int:
        return len(_TOKEN.findall(text))

    def length(self, prompt: Prompt) -> int:
        return sum(self.count(message["content"]) + 1 for message in prompt.messages)

    def generate(
        self,
        prompt: Prompt,
        sampling: Sampling,
        adapters: Sequence[AdapterRef] = (),
    ) -> Generator[Piece, None, None]:
        if len(adapters) > MOST_ADAPTERS:
            raise AdapterError(f"At most {MOST_ADAPTERS} voices speak together.")
        if not all(Path(adapter.path).is_dir() for adapter in adapters):
            raise AdapterError("This voice is gone.")
        room = self.context - self.length(prompt)
        if room < 1:
            raise PromptTooLong("The story is too long for this model.")
        limit = min(sampling.max_tokens, room)
        wish = prompt.messages[-1]["content"] if prompt.messages else ""
        words = self._words(prompt, sampling, adapters)
        held = ""
        for tokens in range(1, limit + 1):
            yield from self._pause(wish, tokens - 1)
            self._obey(wish, tokens)
            held += next(words)
            cut = _first_stop(held, sampling.stop)
            if cut is not None:
                yield Piece(held[:cut], tokens, "stop")
                return
            if tokens == limit:
                yield Piece(held, tokens, "length")
                return
            if "[[end]]" in wish and tokens == 5:
                yield Piece(held, tokens, "end")
                return
            # A stop string may begin in one word and end in the next.
            keep = max((len(stop) for stop in sampling.stop), default=1) - 1
            shown = held[: len(held) - keep]
            held = held[len(shown) :]
            yield Piece(shown, tokens)

    def likes(self, adapters: Sequence[AdapterRef]) -> None:
        return None

    def close(self) -> None:
        self._closed = True

    def _words(
        self, prompt: Prompt, sampling: Sampling, adapters: Sequence[AdapterRef]
    ) -> Iterator[str]:
        """Words without end: the same prompt, seed and temperature, the same words."""
        wish = prompt.messages[-1]["content"] if prompt.messages else ""
        seed = sampling.seed if sampling.temperature > 0 else 0
        voices = "".join(f" {each.path} {each.weight}" for each in adapters)
        dice = random.Random(f"{seed} {wish}{voices}")
        named = re.findall(r"\b[^\W\d_]{3,}\b", re.sub(r"\[\[\w+\]\]", "", wish))
        vocabulary = WORDS + named * 4
        if "[[emoji]]" in wish:
            vocabulary = ["🦊", "👩‍👩‍👧", "שלום", "春天"]
        if "[[html]]" in wish:
            yield "<img src=x onerror=alert(1)>"
        first = not prompt.is_open
        while True:
            word = dice.choice(vocabulary)
            yield word if first else f" {word}"
            first = False

    def _pause(self, wish: str, tokens: int) -> Iterator[Piece]:
        if self._closed:
            raise EngineError("The language model was stopped.")
        if "[[slow]]" in wish:
            time.sleep(_SECONDS_PER_SLOW_PIECE)
        while "[[silent]]" in wish and not self._closed:
            time.sleep(HEARTBEAT / 2)
            yield Piece("", tokens)

    def _obey(self, wish: str, tokens: int) -> None:
        if self._closed:
            raise EngineError("The language model was stopped.")
        if "[[fail]]" in wish and tokens > 2:
            raise EngineError("The language model failed, as it was asked to.")


def _first_stop(text: str, stops: Sequence[str]) -> int | None:
    """Where the earliest stop string begins in `text`, or None."""
    found = [text.find(stop) for stop in stops if stop]
    return min((at for at in found if at >= 0), default=None)
