"""What the judge learns from, and what it is checked on.

GoEmotions: comments with the emotions that raters saw in them (CC BY 4.0). Passages
written for it alone, beside its half of the guide's. Passages of our models that
readers heard, not knowing what had been asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from training.engine.guide.labels import CorpusMissing
from training.engine.guide.passages import Written, half, read_passages

HERE = Path(__file__).parent

PARTS = {"learn": "train", "calibrate": "dev", "measure": "test"}
#: The tone that an emotion stands for. Nothing in GoEmotions is wistful.
TONE = {
    "joy": "joyful",
    "amusement": "joyful",
    "excitement": "joyful",
    "love": "tender",
    "caring": "tender",
    "gratitude": "tender",
    "optimism": "hopeful",
    "desire": "hopeful",
    "relief": "hopeful",
    "sadness": "sad",
    "grief": "sad",
    "remorse": "sad",
    "disappointment": "sad",
    "fear": "tense",
    "nervousness": "tense",
    "anger": "tense",
    "neutral": "neutral",
}
PLEASANT = frozenset(
    "admiration amusement approval caring desire excitement gratitude joy love "
    "optimism pride relief".split()
)
UNPLEASANT = frozenset(
    "anger annoyance disappointment disapproval disgust embarrassment fear grief "
    "nervousness remorse sadness".split()
)


@dataclass(frozen=True, slots=True)
class Comment:
    text: str
    emotions: tuple[str, ...]

    @property
    def tone(self) -> str | None:
        """Of comments whose emotions all stand for one tone."""
        tones = {TONE.get(emotion) for emotion in self.emotions}
        return tones.pop() if len(tones) == 1 else None

    @property
    def sign(self) -> int | None:
        """Pleasant 1, unpleasant -1, neutral 0; None where it is mixed or neither."""
        signs = {sign_of(emotion) for emotion in self.emotions}
        return signs.pop() if len(signs) == 1 else None


def sign_of(emotion: str) -> int | None:
    if emotion in PLEASANT:
        return 1
    if emotion in UNPLEASANT:
        return -1
    return 0 if emotion == "neutral" else None


def written() -> list[Written]:
    return [*half("judge"), *read_passages(HERE / "passages.jsonl")]


def heard() -> list[Written]:
    """`tone`: what the reader heard."""
    return list(read_passages(HERE / "heard.jsonl"))


def read_comments(
    corpus: Path, part: Literal["learn", "calibrate", "measure"]
) -> Iterator[Comment]:
    folder = corpus / "emotion"
    path = folder / f"goemotions_{PARTS[part]}.tsv"
    names = folder / "goemotions_labels.txt"
    for needed in (path, names):
        if not needed.is_file():
            raise CorpusMissing(f"There is no {needed.name} in {folder}.")
    labels = [*names.read_text(encoding="utf-8").split(), "neutral"]
    labels = list(dict.fromkeys(labels))
    for row in path.read_text(encoding="utf-8").split("\n"):
        text, _, rest = row.partition("\t")
        numbers = rest.partition("\t")[0]
        if text and numbers:
            found = [labels[int(number)] for number in numbers.split(",")]
            yield Comment(text, tuple(found))
