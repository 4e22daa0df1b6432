"""What a person may ask of an arc, and of tones of their own."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from stories.arcs import shapes, tones
from stories.arcs.models import OwnTone
from stories.models import Story, Tone
from stories.services import Refused
from stories.services.history import change
from stories.services.words import clean

MOST_TONES = 20


def set_arc(
    *, story: Story, shape: str, points: Any = None, passages: Any = None
) -> None:
    """Plan the course of the story. What was written keeps the plan it had."""
    try:
        arc = shapes.make_arc(shape, points, passages or shapes.USUAL_PASSAGES)
    except shapes.BadArc as wrong:
        raise Refused("bad_arc", sentence(str(wrong))) from None
    with change(story, "arc") as step:
        step.set(story, "arc", arc.as_json())


def drop_arc(*, story: Story) -> None:
    """Let it be: the story's tone, or none, decides again."""
    with change(story, "arc") as step:
        step.set(story, "arc", None)


def sentence(code: str) -> str:
    facts = {
        "fewest": shapes.FEWEST_PASSAGES,
        "most": shapes.MOST_PASSAGES,
        "points": shapes.MOST_POINTS,
    }
    return {
        "passages": _("An arc spans %(fewest)d to %(most)d passages."),
        "shape": _("There is no such shape."),
        "points": _("An arc is drawn with numbers from -1 (dark) to 1 (bright)."),
        "few": _("An arc needs a beginning and an end: two points at least."),
        "many": _("An arc can have %(points)d points at most."),
    }[code] % facts


# --- tones --------------------------------------------------------------------------


@transaction.atomic
def add_tone(
    *, person, name: str, description: str = "", valence: float, energy: float
) -> OwnTone:
    """A tone of their own, which their stories can be told in at once."""
    name = " ".join(clean(name).split())
    ours = {word.casefold() for tone in Tone for word in (tone.value, str(tone.label))}
    if name.casefold() in ours:
        raise Refused("ours", _("A tone of that name is there already."))
    theirs = OwnTone.objects.owned_by(person)
    if theirs.count() >= MOST_TONES:
        sentence = _("%(most)d tones are the most we keep. Delete one first.")
        raise Refused("many", sentence % {"most": MOST_TONES})
    if theirs.filter(name__iexact=name).exists():
        raise Refused("ours", _("A tone of that name is there already."))
    tone = OwnTone(
        owner=person,
        name=name,
        description=" ".join(clean(description).split()),
        valence=valence,
        energy=energy,
    )
    try:
        tone.full_clean(exclude=["owner"])
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        label = OwnTone._meta.get_field(field).verbose_name
        raise Refused("bad_tone", f"{label}: {sentences[0]}") from None
    tone.save()
    return tone


@transaction.atomic
def delete_tone(*, tone: OwnTone) -> int:
    """Stories that were to be told in it go on in the nearest of ours; how many did.

    What was written keeps its name, its target and what it was measured as.
    """
    nearest = tones.nearest(tone.valence, tone.energy)
    using = Story.objects.owned_by(tone.owner).filter(tone=tone.name)
    for story in using:
        with change(story, "settings") as step:
            step.set(story, "tone", nearest)
    tone.delete()
    return len(using)
