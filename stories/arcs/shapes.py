"""Arcs as curves of valence over a story. Pure: numbers in, numbers out.

The six shapes are those that Reagan and others found in 1,327 novels (2016): the
names are theirs, the curves ours.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

#: Valence at equal steps from the beginning to the end.
SHAPES: dict[str, tuple[float, ...]] = {
    "rise": (-0.6, -0.3, 0.0, 0.3, 0.6),
    "fall": (0.6, 0.3, 0.0, -0.3, -0.6),
    "hole": (0.5, -0.2, -0.6, -0.1, 0.6),
    "icarus": (-0.5, 0.2, 0.6, 0.1, -0.6),
    "cinderella": (-0.6, 0.3, 0.5, -0.5, -0.2, 0.3, 0.6),
    "oedipus": (0.6, -0.3, -0.5, 0.5, 0.2, -0.3, -0.6),
}
NAMES = {
    "rise": _("Rags to riches: it rises"),
    "fall": _("Riches to rags: it falls"),
    "hole": _("Man in a hole: down, and up again"),
    "icarus": _("Icarus: up, and down"),
    "cinderella": _("Cinderella: up, down, and up"),
    "oedipus": _("Oedipus: down, up, and down"),
    "drawn": _("Drawn by hand"),
}
DRAWN = "drawn"
FEWEST_POINTS, KEPT_POINTS, MOST_POINTS = 2, 20, 1000
FEWEST_PASSAGES, MOST_PASSAGES, USUAL_PASSAGES = 2, 200, 8


class BadArc(ValueError):
    """What is wrong with an arc, in a word that a service turns into a sentence."""


@dataclass(frozen=True)
class Arc:
    shape: str
    points: tuple[float, ...]
    passages: int = USUAL_PASSAGES

    def at(self, number: int) -> float:
        """What is planned for the passage `number`, from 0; the last one stays."""
        return sample(self.points, min(1.0, number / (self.passages - 1)))

    def planned(self) -> list[float]:
        return [self.at(number) for number in range(self.passages)]

    def as_json(self) -> dict[str, Any]:
        return {
            "shape": self.shape,
            "points": list(self.points),
            "passages": self.passages,
        }


def sample(points: Sequence[float], share: float) -> float:
    """The height of the curve at `share` of its length, between points in a line."""
    place = share * (len(points) - 1)
    left = min(int(place), len(points) - 2)
    within = place - left
    return round(points[left] * (1 - within) + points[left + 1] * within, 3)


def thinned(points: Sequence[float]) -> tuple[float, ...]:
    """At most as many points as are kept; a hand draws hundreds."""
    if len(points) <= KEPT_POINTS:
        return tuple(round(point, 3) for point in points)
    last = KEPT_POINTS - 1
    return tuple(sample(points, at / last) for at in range(KEPT_POINTS))


def make_arc(shape: str, points: Any = None, passages: Any = USUAL_PASSAGES) -> Arc:
    """A checked arc. Raises BadArc with a code."""
    if type(passages) is not int or not FEWEST_PASSAGES <= passages <= MOST_PASSAGES:
        raise BadArc("passages")
    if shape in SHAPES:
        return Arc(shape, SHAPES[shape], passages)
    if shape != DRAWN:
        raise BadArc("shape")
    if not isinstance(points, list | tuple) or not all(map(is_number, points)):
        raise BadArc("points")
    if len(points) < FEWEST_POINTS:
        raise BadArc("few")
    if len(points) > MOST_POINTS:
        raise BadArc("many")
    within = [max(-1.0, min(1.0, float(point))) for point in points]
    return Arc(DRAWN, thinned(within), passages)


def is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def arc_of(kept: dict[str, Any] | None) -> Arc | None:
    """The arc that a story keeps; None if there is none, or it makes no sense."""
    if not kept:
        return None
    try:
        return make_arc(kept["shape"], kept["points"], kept["passages"])
    except (BadArc, KeyError, TypeError):
        return None


def nearest_shape(measured: Sequence[float]) -> str | None:
    """The shape that a measured course is most like, by correlation."""
    found = {
        name: correlation(
            [sample(points, at / (len(measured) - 1)) for at in range(len(measured))],
            measured,
        )
        for name, points in SHAPES.items()
        if len(measured) > 2
    }
    told = {name: value for name, value in found.items() if value is not None}
    return max(told, key=lambda name: told[name]) if told else None


def correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Pearson's r; None where a course is flat or too short to have any."""
    count = len(one)
    if count < 3:
        return None
    here, there = sum(one) / count, sum(other) / count
    both = sum((a - here) * (b - there) for a, b in zip(one, other, strict=True))
    spread = math.sqrt(
        sum((a - here) ** 2 for a in one) * sum((b - there) ** 2 for b in other)
    )
    return both / spread if spread > 1e-9 else None
