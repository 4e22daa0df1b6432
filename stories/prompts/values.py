"""What a prompt is made from, and what comes of it. Plain values only."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from training.engine import Prompt


@dataclass(frozen=True)
class Settings:
    """The story's own settings."""

    title: str = ""
    form: str = "story"
    level: str = ""
    teller: str = ""
    note: str = ""
    length: str = "medium"


@dataclass(frozen=True)
class About:
    """What the person told of themselves, best first."""

    values: Sequence[str] = ()
    avoid: Sequence[str] = ()


@dataclass(frozen=True)
class Lived:
    """An experience that may be used; the caller leaves out those that may not."""

    id: int | None
    what: str
    when: str = ""
    where: str = ""
    who: str = ""
    felt: str = ""


@dataclass(frozen=True)
class Told:
    """A passage of the path."""

    text: str
    author: str  # "person" or "model"
    tone: str = ""


@dataclass(frozen=True)
class Ask:
    direction: str = ""
    tone: str = ""
    #: A tone of the person's own in their words; `tone` is then the nearest of ours.
    feeling: str = ""


@dataclass(frozen=True)
class Assembled:
    prompt: Prompt
    #: [{"part", "text", "tokens", "experience"?}], what `prompt` was made of.
    saw: list[dict] = field(default_factory=list)
