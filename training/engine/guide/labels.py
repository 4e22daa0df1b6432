"""XED: film lines with the emotions people saw in them (CC BY 4.0)."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

import numpy as np

EMOTIONS = "anger anticipation disgust fear joy sadness surprise trust neutral".split()
#: Where an emotion lies on valence and energy.
PLACE = {
    "anger": (-0.7, 0.6),
    "anticipation": (0.2, 0.3),
    "disgust": (-0.6, 0.2),
    "fear": (-0.6, 0.6),
    "joy": (0.8, 0.5),
    "sadness": (-0.7, -0.4),
    "surprise": (0.1, 0.6),
    "trust": (0.5, -0.2),
    "neutral": (0.0, -0.2),
}
#: The tone an emotion is nearest to. Nothing in XED is wistful, and what it calls
#: anticipation is seldom hope.
TONE = {
    "joy": "joyful",
    "trust": "tender",
    "fear": "tense",
    "sadness": "sad",
    "neutral": "neutral",
}


class CorpusMissing(Exception):
    """The folder with training text was not found; the message says what to do."""


Part = Literal["learn", "calibrate", "measure"]


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    emotions: tuple[str, ...]

    @property
    def part(self) -> Part:
        """By hash: a tenth to measure with, a tenth to calibrate, the rest to learn."""
        number = sha256(self.text.encode()).digest()[0]
        return "measure" if number < 26 else "calibrate" if number < 52 else "learn"

    @property
    def place(self) -> np.ndarray:
        return np.mean([PLACE[emotion] for emotion in self.emotions], axis=0)

    @property
    def tone(self) -> str | None:
        """Of lines with a single emotion that a tone stands for."""
        return TONE.get(self.emotions[0]) if len(self.emotions) == 1 else None


def corpus_folder(given: str | None) -> Path:
    named = given or os.environ.get("STORYLOOM_CORPUS")
    if not named:
        raise CorpusMissing(
            "No corpus was given: use --corpus PATH or set STORYLOOM_CORPUS to the "
            "folder that holds emotion/ and stories/."
        )
    return Path(named)


def read_xed(corpus: Path) -> Iterator[Line]:
    folder = corpus / "emotion"
    marked, plain = folder / "xed_en-annotated.tsv", folder / "xed_neu_en.txt"
    for path in (marked, plain):
        if not path.is_file():
            raise CorpusMissing(f"There is no {path.name} in {folder}.")
    for row in marked.read_text(encoding="utf-8").split("\n"):
        text, _, numbers = row.rpartition("\t")
        found = tuple(EMOTIONS[int(n) - 1] for n in re.findall(r"[1-8]", numbers))
        if text and found:
            yield Line(text, found)
    for row in plain.read_text(encoding="utf-8").split("\n"):
        text = row.partition("\t")[2].strip()
        if text:
            yield Line(text, ("neutral",))
