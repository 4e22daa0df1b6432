"""What every engine can do: plain values in, pieces of text out."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypedDict


class Message(TypedDict):
    """One chat message, as every chat template understands it."""

    role: Literal["system", "user", "assistant"]
    content: str


class Kin:
    """Prompts of one passage that begin alike, so that an engine may read the common
    part once. What it keeps here goes when the passage is done; made for one passage
    of one person, it is never given to another."""

    def __init__(self) -> None:
        self.kept: Any = None  # the engine's own


@dataclass(frozen=True, slots=True)
class Prompt:
    """Chat messages. A last message by the assistant is left open and continued."""

    messages: tuple[Message, ...]
    #: People of the story. A model too small to copy names is helped to (see
    #: local/names.py); others take them from the messages.
    names: tuple[str, ...] = ()
    #: Words and short phrases the passage should hold. A model that asks for it is
    #: helped to bring them in; none is promised.
    wanted: tuple[str, ...] = ()
    #: Where it takes place. Such a model is helped to spell them.
    places: tuple[str, ...] = ()
    #: The end of the last message that this passage has said already: to say it again
    #: is repetition, not quotation.
    begun: str = ""
    #: The same messages asking for the opposite, and how strongly to lean away from
    #: what they would bring; an engine that cannot, does not.
    against: tuple[Message, ...] = ()
    contrast: float = 0.0
    kin: Kin | None = field(default=None, compare=False)

    @property
    def is_open(self) -> bool:
        return bool(self.messages) and self.messages[-1]["role"] == "assistant"


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn. `temperature` 0 is greedy; one `seed`, one text."""

    max_tokens: int = 120
    temperature: float = 0.8
    top_p: float = 0.92
    seed: int = 0
    stop: tuple[str, ...] = ()
    #: DRY anti-repetition strength, 0 to switch it off. Names that stand in the
    #: prompt may be repeated freely (see local/repetition.py).
    repetition_penalty: float = 0.8


@dataclass(frozen=True, slots=True)
class AdapterRef:
    """An adapter folder the server chose, and how strongly it speaks.

    A folder's content never changes: a new version is a new folder. One that is
    deleted is forgotten within seconds.
    """

    path: str
    weight: float = 1.0


Finish = Literal["end", "length", "stop"] | None


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that can be shown now. Empty text is a heartbeat: still at work.

    `tokens` counts the tokens drawn so far; `finish` is set on the last piece only.
    """

    text: str
    tokens: int = 0
    finish: Finish = None
    #: How unlikely the model itself found these tokens, in nats; 0 if it does not say.
    surprise: float = 0.0


class EngineError(Exception):
    """The engine cannot do what was asked; the message may be shown to a person."""


class AdapterError(EngineError):
    """An adapter cannot be used: damaged, gone, or made for another model."""


class PromptTooLong(EngineError):
    """The prompt alone fills the model's context."""


#: How much somebody would like to read a text: about -1 to 1, 0 where they do not care.
Liking = Callable[[str], float]


class Engine(Protocol):
    """One model, ready to write for many people at once."""

    #: Shown to people and stored with each passage.
    name: str
    #: Tokens of prompt and passage together.
    context: int
    #: Which weights these are: an adapter made for others is refused.
    fingerprint: str
    #: How many adapters may speak together.
    most_adapters: int

    def count(self, text: str) -> int:
        """Tokens in a plain text, special tokens not included."""
        ...

    def length(self, prompt: Prompt) -> int:
        """Tokens of the rendered prompt, special tokens included."""
        ...

    def generate(
        self,
        prompt: Prompt,
        sampling: Sampling,
        adapters: Sequence[AdapterRef] = (),
    ) -> Generator[Piece, None, None]:
        """Write one passage. Closing the generator cancels and frees its place.

        At most `most_adapters` adapters speak together, each with its own weight;
        their effects add up. None is the plain model.

        Yields at least every `HEARTBEAT` seconds, with empty text if nothing is new,
        so the caller can look whether it should stop. Raises EngineError.
        """
        ...

    def likes(self, adapters: Sequence[AdapterRef]) -> Liking | None:
        """What the people behind these adapters would rather read, for any text. None
        where that was not learnt, or this engine cannot tell."""
        ...

    def close(self) -> None:
        """Release the model. Running requests end with an EngineError."""
        ...


#: A person's own voice and two others.
MOST_ADAPTERS = 3
#: Longest silence of a generator, in seconds.
HEARTBEAT = 0.2
