"""Read a tone and a valence as the judge hears them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from training.engine.guide.features import is_latin
from training.engine.judge.features import features

HERE = Path(__file__).parent
#: How much the valence of the likely tones counts.
IMPLIED = 0.6


@dataclass(frozen=True, slots=True)
class Verdict:
    #: (name, share), the likeliest first.
    tones: tuple[tuple[str, float], ...]
    #: About -1 to 1; only its sign and its order mean something.
    valence: float

    def of(self, names: tuple[str, ...]) -> str:
        """The likeliest of some tones."""
        return next(name for name, _ in self.tones if name in names)


@dataclass(slots=True)
class Judge:
    tones: list[str]
    vocabulary: dict[str, int]
    #: A row a feature; columns: valence, then one a tone.
    table: np.ndarray
    bias: np.ndarray
    #: Valence of each tone's centre.
    centres: list[float]
    about: dict

    def read(self, text: str) -> Verdict | None:
        """None for what cannot be judged: no words, or another script."""
        found = features(text)
        if not found or not is_latin(text):
            return None
        scores = self.scores(found)
        powers = np.exp(scores[1:] - scores[1:].max())
        shares = powers / powers.sum()
        order = np.argsort(-shares, kind="stable")
        ranked = tuple((self.tones[i], round(float(shares[i]), 4)) for i in order)
        valence = blended(scores[0], shares, np.array(self.centres))
        return Verdict(ranked, round(float(valence), 4))

    def scores(self, found: list[str]) -> np.ndarray:
        rows = [self.vocabulary[name] for name in found if name in self.vocabulary]
        total = self.table[rows].sum(axis=0, dtype=np.float64)
        return total / np.sqrt(len(found) + 1) + self.bias


def blended(heard: np.ndarray, shares: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Valence heard in the words, and that of the likely tones."""
    return (1 - IMPLIED) * heard + IMPLIED * (shares @ centres)


def save_judge(judge: Judge, folder: Path = HERE) -> None:
    np.savez_compressed(
        folder / "weights.npz",
        vocabulary=np.array("\n".join(judge.vocabulary).encode()),
        table=judge.table.astype(np.float16),
        bias=judge.bias,
    )
    meta = {"about": judge.about, "tones": judge.tones, "centres": judge.centres}
    text = json.dumps(meta, indent=2, ensure_ascii=False)
    (folder / "weights.json").write_text(text + "\n", encoding="utf-8")


def read_judge(folder: Path = HERE) -> Judge:
    meta = json.loads((folder / "weights.json").read_text(encoding="utf-8"))
    with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
        names = arrays["vocabulary"].tobytes().rstrip(b"\0").decode().split("\n")
        return Judge(
            tones=meta["tones"],
            vocabulary={name: row for row, name in enumerate(names)},
            table=arrays["table"],
            bias=arrays["bias"],
            centres=meta["centres"],
            about=meta["about"],
        )


@cache
def open_judge() -> Judge:
    return read_judge()
