"""Where the path leads, and what may be asked of a passage on it."""

from django.utils.translation import gettext as _

from stories.models import Passage, Status
from stories.services.history import Step
from stories.services.refused import Refused
from stories.tree import Skeleton

UNDER_WAY = (Status.QUEUED, Status.WRITING)


def lead_to(step: Step, end: Passage, tree: Skeleton | None = None) -> None:
    """Make `end` the end of the path, and every branching on the way point to it."""
    story = step.story
    if end.parent_id and end.parent_id == story.tip_id:
        step.set(end.parent, "chosen_id", end.pk)
    elif end.parent_id:
        tree = tree or Skeleton(story)
        line = tree.up(end.parent_id)
        ahead = dict(zip(line, [end.pk, *line], strict=False))
        wrong = [pk for pk in line if tree.chosen[pk] != ahead[pk]]
        for pk, passage in story.passages.in_bulk(wrong).items():
            step.set(passage, "chosen_id", ahead[pk])
    step.set(story, "tip_id", end.pk)


def still_there(passage: Passage) -> None:
    """Read it again, now that the story is locked: another tab may have deleted it."""
    passage.refresh_from_db()
    if passage.deleted_at:
        raise Refused("gone", _("This passage was deleted."))


def not_under_way(passage: Passage) -> None:
    if passage.status in UNDER_WAY:
        sentence = _("Wait until this passage is finished, or stop it.")
        raise Refused("under_way", sentence)


def marks(care: bool) -> dict[str, bool]:
    """Help is shown beside such words, and no model ever learns from them."""
    return {"care": True, "never_train": True} if care else {}
