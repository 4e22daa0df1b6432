"""The tones a person can ask for: ours and their own."""

from typing import Any

from stories.arcs.models import OwnTone
from stories.models import Strength, Tone

#: Half of the width of a region that a person names by its middle.
HALF_WIDTH = 0.3
STRENGTHS = {Strength.GENTLE: 0.6, Strength.CLEAR: 1.0, Strength.STRONG: 1.4}
CLOSER = 1.5


def choices(person) -> list[tuple[str, str]]:
    """Names and labels, ours first."""
    own = OwnTone.objects.for_person(person).values_list("name", flat=True)
    names = dict.fromkeys(name for name in own if name not in Tone.values)
    return [*Tone.choices, *((name, name) for name in names)]


def label(name: str) -> str:
    return str(Tone(name).label) if name in Tone.values else name


def exists(person_id: int, name: str) -> bool:
    return (
        name in Tone.values
        or OwnTone.objects.for_person(person_id).filter(name=name).exists()
    )


def own_tone(person_id: int, name: str) -> tuple[Any, ...]:
    """A tone of the person's own as the guide knows tones; nothing if it is ours.

    Only the one that is asked for is listened to: a neighbour of ours, added, would
    else take many of its passages.
    """
    if not name or name in Tone.values:
        return ()
    found = OwnTone.objects.for_person(person_id).filter(name=name)[:1]
    if not found:
        return ()
    from training.engine.guide.tones import Tone as Region  # with numpy

    return tuple(
        Region(
            own.name,
            own.description,
            around(own.valence),
            around(own.energy),
        )
        for own in found
    )


def around(middle: float) -> tuple[float, float]:
    """A region of the usual width that stays on the scale."""
    low = max(-1.0, min(middle - HALF_WIDTH, 1.0 - 2 * HALF_WIDTH))
    return round(low, 3), round(low + 2 * HALF_WIDTH, 3)


#: Where our tones lie on the two scales; a test holds this equal to the guide's file.
CENTRES = {
    Tone.JOYFUL: (0.775, 0.6),
    Tone.TENDER: (0.55, -0.4),
    Tone.HOPEFUL: (0.45, 0.125),
    Tone.WISTFUL: (-0.15, -0.5),
    Tone.TENSE: (-0.55, 0.7),
    Tone.SAD: (-0.75, -0.35),
    Tone.NEUTRAL: (0.025, -0.125),
}


def opposite(name: str) -> str:
    """Our tone that lies farthest from one of ours."""
    here = CENTRES[Tone(name)]
    return max(
        CENTRES,
        key=lambda tone: sum(
            (a - b) ** 2 for a, b in zip(CENTRES[tone], here, strict=True)
        ),
    ).value


def nearest(valence: float, energy: float | None = None) -> str:
    """Our tone that lies nearest: the models were taught these names only."""

    def apart(tone: Tone) -> float:
        across, up = CENTRES[tone][0] - valence, 0.0
        if energy is not None:
            up = CENTRES[tone][1] - energy
        return across**2 + up**2

    return min(CENTRES, key=apart).value
