"""Passages written for this project, one tone each, split for guide and judge.

The guide may learn from its own half only, and from what was written for it alone. The
other half belongs to an independent judge, so that what guides the writing never marks
it as well.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent

Half = Literal["guide", "judge"]


@dataclass(frozen=True, slots=True)
class Written:
    id: str
    tone: str
    text: str

    @property
    def half(self) -> Half:
        """By hash of the id: correcting a comma never moves a passage across."""
        return "judge" if sha256(self.id.encode()).digest()[0] % 2 else "guide"


def read_passages(path: Path = HERE / "passages.jsonl") -> Iterator[Written]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Written(row["id"], row["tone"], row["text"])


def half(which: Half) -> list[Written]:
    return [passage for passage in read_passages() if passage.half == which]


def guides_own() -> list[Written]:
    """All that the guide learns from."""
    return [*half("guide"), *read_passages(HERE / "own_passages.jsonl")]
