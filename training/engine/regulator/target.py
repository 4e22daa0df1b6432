"""What feeling a passage is to have, and by which means."""

from collections.abc import Iterable
from dataclasses import dataclass

from training.engine.guide.measure import Reading

LAYERS = ("conditioning", "contrast", "candidates", "retry")
#: As strong as a tone is ever pursued: beyond, words of feeling pile up.
STRONGEST = 1.5
#: How far a passage may lie from a point of an arc and still have met it.
NEAR = 0.25


@dataclass(frozen=True, slots=True)
class Target:
    """A tone, a place on the scales, or both: then the place decides."""

    tone: str = ""
    valence: float | None = None
    energy: float | None = None
    strength: float = 1.0
    #: The valence it is judged by, where more is aimed at to make up for a miss.
    promised: float | None = None

    def __post_init__(self) -> None:
        if not self.tone and self.valence is None:
            raise ValueError("A target names a tone or a valence.")
        for place in (self.valence, self.energy):
            if place is not None and not -1 <= place <= 1:
                raise ValueError("Valence and energy lie between -1 and 1.")
        if not 0 < self.strength <= STRONGEST:
            raise ValueError(f"A strength lies above 0 and up to {STRONGEST}.")

    @property
    def on_arc(self) -> bool:
        """Whether a place decides, which one can always come nearer to."""
        return self.valence is not None

    def met_by(self, reading: Reading) -> bool | None:
        """Whether a passage has it; None where nothing could be measured."""
        if not reading.measured or reading.valence is None:
            return None
        if self.promised is not None:
            return abs(reading.valence - self.promised) <= NEAR
        if not self.tone and self.valence is not None:
            return abs(reading.valence - self.valence) <= NEAR
        return reading.tone == self.tone


@dataclass(frozen=True, slots=True)
class Layers:
    """What may be used for a passage. The latency budget may use less."""

    candidates: int = 4
    #: Of the first block, before which there is nothing to read. A point of an arc is
    #: pursued from there on; a tone can be made up for.
    first: int = 2
    #: How strongly the opposite tone is pushed away; 0 leaves the layer out.
    contrast: float = 0.0
    retry: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        found = []
        if self.contrast:
            found.append("contrast")
        if self.candidates > 1:
            found.append("candidates")
        if self.retry:
            found.append("retry")
        return tuple(found)


def chosen_layers(names: Iterable[str], full: Layers | None = None) -> Layers:
    """`full`, less the layers that are not named. Raises ValueError."""
    full = full or Layers()
    named = set(names)
    if unknown := named - set(LAYERS):
        raise ValueError(f"There is no layer “{min(unknown)}”: {', '.join(LAYERS)}.")
    return Layers(
        candidates=full.candidates if "candidates" in named else 1,
        first=full.first,
        contrast=full.contrast if "contrast" in named else 0.0,
        retry=full.retry and "retry" in named,
    )
