"""What a passage aims at, decided when it is about to be written.

An entry's own tone comes first, then the story's arc, then the story's tone, then
what the person usually likes (services/tones.py has put those on the passage).
"""

import logging
from typing import Any

from django.conf import settings
from django.db.models import F, Q

from stories import tree
from stories.arcs import tones
from stories.arcs.feelings import feeling_in
from stories.arcs.models import OwnTone
from stories.arcs.plan import aim
from stories.arcs.shapes import arc_of
from stories.models import Author, Passage, Signal, Strength, Tone
from training.services import measure

logger = logging.getLogger(__name__)

#: Signals that are listened to, and how far they can move what a person hears.
RECENT, FARTHEST = 40, 0.3
FEELS = {
    "too_sad": (-1, 0),
    "too_happy": (1, 0),
    "too_tense": (0, 1),
    "too_flat": (0, -1),
    "right": (0, 0),
}


def decide(passage: Passage) -> dict[str, Any] | None:
    """The target, as it is kept with the passage; None to let it be."""
    if passage.tone_target:
        return passage.tone_target
    strength = tones.STRENGTHS[Strength(passage.story.strength)]
    if passage.tone_asked:
        return from_tone(passage, strength)
    return from_arc(passage, strength)


def from_tone(passage: Passage, strength: float) -> dict[str, Any] | None:
    name = passage.tone_asked
    if name in Tone.values:
        return {"tone": name, "as": name, "strength": strength, "source": "tone"}
    known = OwnTone.objects.for_person(passage.story.owner_id)
    own = known.filter(name=name).order_by(F("owner").asc(nulls_last=True)).first()
    if own is None:  # deleted since: nothing is known of it any more
        return None
    return {
        "tone": name,
        "as": tones.nearest(own.valence, own.energy),
        "valence": own.valence,
        "energy": own.energy,
        "words": own.description,
        "strength": strength,
        "source": "tone",
    }


def from_arc(passage: Passage, strength: float) -> dict[str, Any] | None:
    arc = arc_of(passage.story.arc)
    if arc is None:
        return None
    number = tree.depth(passage=passage)
    before = safe_reading(passage.parent) if passage.parent else None
    wanted = aim(arc, number, before and before["valence"])
    name = tones.nearest(wanted)
    return {
        "tone": name,
        "as": name,
        "valence": wanted,
        "planned": arc.at(number),
        "strength": strength,
        "source": "arc",
    }


def tone_for_prompt(passage: Passage) -> str:
    """The tone that the model is told: one of ours, it was taught no other."""
    if "conditioning" not in settings.TONE_LAYERS:
        return ""
    return (passage.tone_target or {}).get("as", "")


def told_tone(passage: Passage) -> str:
    """What a passage of the path reads as, whatever it was asked to be: a model that
    is told a tone beside words of another learns not to listen."""
    read = safe_reading(passage) if passage.author == Author.MODEL else None
    if not read:
        return (passage.tone_target or {}).get("as", "")
    known = read["tone"] in Tone.values
    return read["tone"] if known else tones.nearest(read["valence"], read["energy"])


def reading_of(passage: Passage) -> dict[str, Any] | None:
    """What the guide reads in a passage as it now stands."""
    if passage.author == Author.MODEL and not passage.revision_id:
        return passage.tone_measured
    return measure(passage.text)


def safe_reading(passage: Passage) -> dict[str, Any] | None:
    """A passage is planned without what came before, if need be."""
    try:
        return reading_of(passage)
    except Exception as error:
        logger.warning("a tone could not be read: %s", type(error).__name__)
        return None


def hears(person_id: int) -> tuple[float, float]:
    """What to add to the guide's valence and energy, as this person hears them.

    Someone who says "too sad" of what the guide found right hears it sadder. Of a
    passage that missed anyway, the guide and the person agree. A thumb down for the
    same reason says the same.
    """
    feels = Q(kind=Signal.Kind.FEELS, reason__in=FEELS)
    thumbs = Q(kind=Signal.Kind.DOWN, reason__icontains="too ")
    said = (
        Signal.objects.filter(feels | thumbs, passage__story__owner=person_id)
        .exclude(passage__tone_outcome__met=False)
        .order_by("-pk")
        .values_list("kind", "reason")[:RECENT]
    )
    named = [
        reason if kind == Signal.Kind.FEELS else feeling_in(reason)
        for kind, reason in said
    ]
    moves = [FEELS[name] for name in named if name]
    sums = [sum(move[axis] for move in moves) for axis in (0, 1)]
    valence, energy = (0.5 * total / (len(moves) + 4) for total in sums)
    return within(valence), within(energy)


def within(offset: float) -> float:
    return round(max(-FARTHEST, min(FARTHEST, offset)), 3)
