"""The learnt numbers in an .npz, what they mean in a .json.

No pickle, neither written nor read.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from training.engine.guide.features import buckets

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the raw numbers become a reading. Fitted by cross-validation."""

    #: Factors of learnt valence, the likely tones' valence and VADER; and a constant.
    valence: Sequence[float]
    energy: Sequence[float]
    #: share of a tone ~ exp(sure * score - region * distance + lean[tone])
    sure: float
    region: float
    lean: dict[str, float]


@dataclass(slots=True)
class Weights:
    """Two tables that are added up; a text is the sum of its features' rows."""

    tones: list[str]
    #: The words that `words` has a row for.
    vocabulary: dict[str, int]
    #: Columns: valence, energy, then one a tone.
    words: np.ndarray
    #: By bucket; columns: valence, energy.
    hashed: np.ndarray
    bias: np.ndarray
    calibration: Calibration
    about: dict = field(default_factory=dict)

    def sums(self, tokens: list[str]) -> np.ndarray:
        rows = [self.vocabulary[word] for word in tokens if word in self.vocabulary]
        total = self.words[rows].sum(axis=0, dtype=np.float64)
        total[:2] += self.hashed[buckets(tokens)].sum(axis=0, dtype=np.float64)
        return total

    def learnt(self, sums: np.ndarray, words: int) -> np.ndarray:
        """Longer texts are surer, but a sentence said twice is not twice as sure."""
        return sums / np.sqrt(words + 1) + self.bias


def save_weights(weights: Weights, folder: Path = HERE) -> None:
    np.savez_compressed(
        folder / "weights.npz",
        vocabulary=np.array([word.encode() for word in weights.vocabulary]),
        words=weights.words.astype(np.float16),
        hashed=weights.hashed.astype(np.float16),
        bias=weights.bias,
    )
    meta = {
        "about": weights.about,
        "tones": weights.tones,
        "calibration": asdict(weights.calibration),
    }
    text = json.dumps(meta, indent=2, ensure_ascii=False)
    (folder / "weights.json").write_text(text + "\n", encoding="utf-8")


def read_weights(folder: Path = HERE) -> Weights:
    meta = json.loads((folder / "weights.json").read_text(encoding="utf-8"))
    with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
        names = [name.decode() for name in arrays["vocabulary"].tolist()]
        return Weights(
            tones=meta["tones"],
            vocabulary={word: row for row, word in enumerate(names)},
            words=arrays["words"],
            hashed=arrays["hashed"],
            bias=arrays["bias"],
            calibration=Calibration(**meta["calibration"]),
            about=meta["about"],
        )
