"""From an arc and what was written to what the next passage aims at. Pure."""

from stories.arcs.shapes import Arc

#: How much of the last miss the next passage makes up for.
CORRECTION = 0.4


def aim(arc: Arc, number: int, before: float | None) -> float:
    """Where passage `number` (from 0) should lie; `before`: the one before measured."""
    planned = arc.at(number)
    if number == 0 or before is None:
        return planned
    missed = arc.at(number - 1) - before
    return round(max(-1.0, min(1.0, planned + CORRECTION * missed)), 3)
