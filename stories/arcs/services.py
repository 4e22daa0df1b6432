"""What a person may ask of an arc."""

from typing import Any

from django.utils.translation import gettext as _

from stories.arcs import shapes
from stories.models import Story
from stories.services import Refused
from stories.services.history import change


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
