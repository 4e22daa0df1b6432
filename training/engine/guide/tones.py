"""The tones a passage can be asked for. The list is data: add one to tones.json.

A tone is a region of valence (unpleasant -1 to pleasant 1) and energy (calm -1 to
lively 1). One without learnt weights is recognised by its region alone.
"""

import json
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tone:
    name: str
    description: str
    valence: Range
    energy: Range

    def __post_init__(self) -> None:
        for low, high in (self.valence, self.energy):
            if not -1 <= low < high <= 1:
                raise ValueError(f"The region of {self.name} must lie within -1 and 1.")

    @property
    def centre(self) -> tuple[float, float]:
        return sum(self.valence) / 2, sum(self.energy) / 2

    def distance(self, valence: float, energy: float) -> float:
        """Squared, in half-widths: 0 at the centre, 1 at the middle of an edge."""
        across = (valence - self.centre[0]) / (self.valence[1] - self.centre[0])
        up = (energy - self.centre[1]) / (self.energy[1] - self.centre[1])
        return across**2 + up**2


def read_tones(path: Path = HERE / "tones.json") -> tuple[Tone, ...]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    tones = tuple(
        Tone(
            row["name"],
            row["description"],
            (row["valence"][0], row["valence"][1]),
            (row["energy"][0], row["energy"][1]),
        )
        for row in rows
    )
    if len({tone.name for tone in tones}) < len(tones):
        raise ValueError(f"Two tones in {path.name} have the same name.")
    return tones
