"""Turning points: what is asked of the model, and where each could lead. Pure."""

from typing import Any

from stories.arcs.tones import nearest
from stories.models import TurningPoint

#: Said to the model, so in the language that it was taught.
DIRECTIONS = {
    TurningPoint.LOSS: "Something or someone dear is lost.",
    TurningPoint.GIFT: "Someone gives something that matters.",
    TurningPoint.MEETING: "Someone new comes, or two meet again.",
    TurningPoint.DISCOVERY: "Something hidden is found out.",
    TurningPoint.DECISION: "A choice has to be made, and is made.",
    TurningPoint.RETURN: "Someone or something comes back.",
}
#: The mood that such a turn usually has.
MOODS = {
    TurningPoint.LOSS: -0.6,
    TurningPoint.GIFT: 0.6,
    TurningPoint.MEETING: 0.3,
    TurningPoint.DISCOVERY: 0.1,
    TurningPoint.DECISION: 0.0,
    TurningPoint.RETURN: 0.4,
}
#: The three options lie so far apart: as usual, brighter, darker.
APART = (0.0, 0.5, -0.5)


def targets(turn: TurningPoint, strength: float) -> list[dict[str, Any]]:
    """What each option aims at."""
    found = []
    for step in APART:
        valence = round(max(-0.9, min(0.9, MOODS[turn] + step)), 3)
        name = nearest(valence)
        found.append(
            {
                "tone": name,
                "as": name,
                "valence": valence,
                "planned": valence,
                "strength": strength,
                "source": "turn",
            }
        )
    return found
