"""Draw several continuations of one text side by side in the running batch."""

from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from training.engine.base import (
    AdapterRef,
    Engine,
    EngineError,
    Message,
    Piece,
    Prompt,
    Sampling,
)
from training.engine.guide.measure import Raw
from training.engine.regulator.blocks import LEAST_WORDS, block_end, whole

#: A block that has not ended by now is cut: it would hold up all others.
BLOCK_TOKENS = 56


@dataclass(slots=True, eq=False)
class Candidate:
    """One continuation: a block of sentences, or the rest of the passage."""

    pieces: Generator[Piece, None, None]
    text: str = ""
    tokens: int = 0
    surprise: float = 0.0
    #: Words that make a block, at least.
    least: int = LEAST_WORDS
    #: Why nothing more of it is drawn; "block" when the next sentence had begun.
    finish: str | None = None
    #: Nothing follows in this passage.
    last: bool = False
    faults: tuple[str, ...] = field(default=())
    score: float = 0.0
    fit: float = 0.0
    side: float = 0.0  # of the tone, bright or dark: from -1 to 1
    heard: list[Raw] = field(default_factory=list)

    def take(self, piece: Piece) -> None:
        self.text += piece.text
        self.tokens = piece.tokens or self.tokens
        self.surprise = piece.surprise or self.surprise
        end = block_end(self.text, self.least)
        if end is not None:
            self.text, self.finish = self.text[:end], "block"
        elif piece.finish:
            self.finish = piece.finish

    def close(self, most: int, left: int) -> None:
        """Work out what was drawn, once nothing more comes: cut at a sentence."""
        self.pieces.close()
        self.last = self.finish in ("end", "stop")
        if self.finish != "length":
            return
        self.last = most >= left
        if not whole(self.text):
            end = block_end(f"{self.text}\n\nA", least=1)
            if end is not None and end < len(self.text):
                self.text = self.text[:end]

    @property
    def odd(self) -> float:
        """Nats a token."""
        return self.surprise / max(1, self.tokens)

    @property
    def ends_well(self) -> bool:
        return whole(self.text)

    @property
    def fine(self) -> bool:
        """Whether it could be chosen, once it has been judged."""
        return not self.faults and self.ends_well


def continued(prompt: Prompt, text: str) -> Prompt:
    """The prompt for what comes after `text`, which the assistant has said."""
    if not text:
        return prompt
    return replace(
        prompt,
        messages=said(prompt.messages, text),
        against=said(prompt.against, text) if prompt.against else (),
        begun=text,
    )


def said(messages: tuple[Message, ...], text: str) -> tuple[Message, ...]:
    last = messages[-1]
    if last["role"] == "assistant":
        more: Message = {"role": "assistant", "content": last["content"] + text}
        return (*messages[:-1], more)
    return (*messages, {"role": "assistant", "content": text.lstrip()})


def draw(
    engine: Engine,
    prompt: Prompt,
    sampling: Sampling,
    seeds: Sequence[int],
    left: int,
    judge: Callable[[Candidate], None],
    enough: Callable[[Sequence[Candidate]], bool],
    adapters: Sequence[AdapterRef] = (),
    least: int = LEAST_WORDS,
) -> Generator[None, None, list[Candidate]]:
    """One block for every seed. Yields whenever there is time to do something else.

    `judge` works out how good a candidate is, once it has ended; `enough`: whether
    those that have ended are enough, and the others may be let go.

    Raises EngineError only if none could be drawn at all.
    """
    most = min(left, BLOCK_TOKENS)
    drawing = [
        Candidate(
            engine.generate(
                prompt, replace(sampling, seed=seed, max_tokens=most), adapters
            ),
            least=least,
        )
        for seed in seeds
    ]
    drawn: list[Candidate] = []
    trouble: EngineError | None = None
    try:
        while drawing and not enough(drawn):
            for candidate in list(drawing):
                try:
                    candidate.take(next(candidate.pieces))
                except EngineError as error:
                    trouble = error
                    drawing.remove(candidate)
                if candidate.finish:
                    drawing.remove(candidate)
                    candidate.close(most, left)
                    judge(candidate)
                    drawn.append(candidate)
                yield
    finally:
        for candidate in drawing:
            with suppress(EngineError):
                candidate.pieces.close()
    if not drawn and trouble:
        raise trouble
    return drawn
