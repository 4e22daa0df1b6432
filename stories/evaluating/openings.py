"""Openings that a passage goes on from: neutral ones, and ones of the opposing mood."""

import json
from dataclasses import dataclass
from pathlib import Path

from stories.prompts.words import names_in, people_in
from stories.weaving import BadInput
from training.engine import judge

HERE = Path(judge.__file__).parent / "openings"
MOODS = ("neutral", "bright", "dark")
#: The tones with a clear side; wistful has none, so it says nothing of valence.
BRIGHT, DARK = ("joyful", "tender", "hopeful"), ("tense", "sad")
SIX = ("joyful", "tender", "hopeful", "wistful", "tense", "sad")
#: What our openings begin with that is no name.
COMMON = frozenset(
    "the a an on in at it there two every my we they i old below outside along from "
    "under one five our his her she he everyone everybody nobody everything what with "
    "lucky wonderful terrible black bright cold summer friday tuesday thursday father "
    "mother grandpa grandmother those".split()
)


@dataclass(frozen=True)
class Opening:
    id: str
    mood: str
    text: str

    @property
    def tones(self) -> tuple[str, ...]:
        """What is asked for after it: all six, or the side that its mood opposes."""
        return {"neutral": SIX, "bright": DARK, "dark": BRIGHT}[self.mood]

    @property
    def names(self) -> tuple[str, ...]:
        """Who it tells of. At its beginning, any capital might be a name or not."""
        first = people_in(" ".join(self.text.split()[:3]))
        known = [name for name in first if name.split()[0].lower() not in COMMON]
        return tuple(dict.fromkeys([*names_in(self.text), *known]))


def ours(count: int) -> list[Opening]:
    """The first `count` neutral ones and as many opposing ones."""
    return [
        opening
        for name in ("neutral", "opposing")
        for opening in read(HERE / f"{name}.jsonl")[:count]
    ]


def read(path: Path) -> list[Opening]:
    """JSON lines: {"id", "prompt", "mood"?}; without a mood, neutral."""
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {type(error).__name__}.") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            found.append(opening_from(line, f"{path.name}, line {number}"))
    if not found:
        raise BadInput(f"{path.name} holds no openings.")
    return found


def opening_from(line: str, place: str) -> Opening:
    try:
        row = json.loads(line)
        text, mood = row["prompt"], row.get("mood", "neutral")
        named = str(row["id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadInput(f'{place} is not {{"id", "prompt", "mood"?}}.') from None
    if not isinstance(text, str) or not text.strip():
        raise BadInput(f"{place}: prompt must be text.")
    if mood not in MOODS:
        raise BadInput(f"{place}: mood must be one of {', '.join(MOODS)}.")
    return Opening(named, mood, text.strip())
