"""What a learning story is to be, and what came of it. Plain values only."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["thing", "stuff", "action", "quality"]
#: Who wrote a sentence: the model alone; the model from a beginning we gave it; the
#: teacher's fact word for word; our own rule; the teacher, by hand.
Source = Literal["model", "begun", "fact", "composed", "teacher"]
Asks = Literal["recall", "inference", "vocabulary", "own life"]
GAP = "____"


@dataclass(frozen=True)
class Word:
    """A target word. `kind` says how it may stand in a sentence."""

    word: str
    kind: Kind = "thing"
    meaning: str = ""


@dataclass(frozen=True)
class Wish:
    """Everything one story is made from."""

    hero: str
    pronoun: str = "they"
    interests: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()
    facts: tuple[str, ...] = ()
    goal: str = ""
    level: str = "easy"
    length: str = "medium"
    tone: str = ""
    form: str = "story"
    #: Names that must not be in it: the other children of the class.
    others: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True)
class Line:
    """One sentence (or the sentence that carries a fact) and who wrote it."""

    text: str
    source: Source = "model"


@dataclass
class Draft:
    """A finished story with what was checked of it."""

    title: str
    paragraphs: list[list[Line]]
    #: Sentences that were drawn and not taken; wrong answers are made of them.
    spare: list[str] = field(default_factory=list)
    report: "Report | None" = None

    @property
    def lines(self) -> list[Line]:
        return [line for paragraph in self.paragraphs for line in paragraph]

    @property
    def text(self) -> str:
        return "\n\n".join(
            " ".join(line.text for line in paragraph) for paragraph in self.paragraphs
        )


@dataclass(frozen=True)
class Report:
    """What was asked against what is there. Nothing here is ever rounded up."""

    level: dict
    words: dict[str, int]
    hero: bool
    interest: str
    facts: dict[str, bool]
    repairs: int
    #: What was not reached, each a code that the page puts into words.
    missed: list[str]


@dataclass(frozen=True)
class Asked:
    """One question. `options` is empty where the child writes what they think."""

    kind: Asks
    text: str
    evidence: str
    options: tuple[str, ...] = ()
    key: str = ""
    #: What the rule is called, so that its answerability can be told apart.
    rule: str = ""
    about: str = field(default="", compare=False)  # the target word, if there is one
