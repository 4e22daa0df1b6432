"""Every change is one step that can be undone, and redone until something new comes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, gettext_noop

from stories import events
from stories.models import Passage, Revision, Status, Story
from stories.services.refused import Refused

STEPS_KEPT = 1000

LABELS = {
    "write": gettext_noop("writing"),
    "direct": gettext_noop("directing"),
    "continue": gettext_noop("continuing"),
    "retry": gettext_noop("trying again"),
    "alternatives": gettext_noop("more alternatives"),
    "edit": gettext_noop("editing"),
    "delete": gettext_noop("deleting"),
    "choose": gettext_noop("choosing"),
    "turn": gettext_noop("a turning point"),
    "blind": gettext_noop("a blind choice"),
    "arc": gettext_noop("planning the arc"),
    "settings": gettext_noop("changing the settings"),
}


class Step:
    """Sets fields and remembers what they were. Texts are remembered as revisions."""

    def __init__(self, story: Story):
        self.story = story
        self.fields: list[dict[str, Any]] = []
        #: Something changed that is seen, but not to be undone.
        self.touched = False

    def set(self, row: Story | Passage, field: str, value: Any) -> None:
        before = getattr(row, field)
        if before == value:
            return
        setattr(row, field, value)
        row.save(update_fields=[field.removesuffix("_id")])
        self.remember(row, field, before, value)

    def remember(self, row: Story | Passage, field: str, before: Any, after: Any):
        model = "story" if isinstance(row, Story) else "passage"
        self.fields.append(
            {
                "model": model,
                "id": None if model == "story" else row.pk,
                "field": field.removesuffix("_id"),
                "before": _plain(before),
                "after": _plain(after),
            }
        )

    def added(self, passage: Passage) -> None:
        """Undoing an addition is a deletion, as of now."""
        self.remember(passage, "deleted_at", timezone.now(), None)


@contextmanager
def change(story: Story, label: str) -> Iterator[Step]:
    """Lock the story, let the caller change it, record the step and tell the tabs.

    The caller's instance is refreshed, so it sees what others did before.
    """
    with transaction.atomic():
        lock(story)
        step = Step(story)
        yield step
        if step.fields:
            _record(story, label, step.fields)
        if step.fields or step.touched:
            announce(story)


def lock(story: Story) -> None:
    """Others who change this story wait; on SQLite the whole database waits."""
    try:
        story.refresh_from_db(from_queryset=Story.objects.select_for_update())
    except Story.DoesNotExist:
        raise Refused("gone", gettext("This story was deleted.")) from None


def announce(story: Story) -> None:
    """Raise the version of a locked story, and say so once it is committed."""
    story.version += 1
    story.save(update_fields=["version", "updated_at"])
    news = events.StoryChanged(story.version)
    transaction.on_commit(lambda: events.publish(story.pk, news))


def _record(story: Story, label: str, fields: list[dict[str, Any]]) -> None:
    story.changes.filter(undone=True).delete()
    last = story.changes.aggregate(last=Max("number"))["last"] or 0
    story.changes.create(number=last + 1, label=label, fields=fields)
    story.changes.filter(number__lte=last + 1 - STEPS_KEPT).delete()


def undo(*, story: Story) -> None:
    """Take the last step back."""
    with transaction.atomic():
        lock(story)
        step = story.changes.filter(undone=False).last()
        if step is None:
            raise Refused("nothing", gettext("There is nothing to undo."))
        for field in reversed(step.fields):
            _put(story, field, field["before"])
        story.changes.filter(pk=step.pk).update(undone=True)
        announce(story)


def redo(*, story: Story) -> None:
    """Take the step again that was undone last."""
    with transaction.atomic():
        lock(story)
        step = story.changes.filter(undone=True).first()
        if step is None:
            raise Refused("nothing", gettext("There is nothing to redo."))
        for field in step.fields:
            _put(story, field, field["after"])
        story.changes.filter(pk=step.pk).update(undone=False)
        announce(story)


@dataclass(frozen=True)
class History:
    can_undo: bool
    can_redo: bool
    undo_label: str
    redo_label: str


def history(*, story: Story) -> History:
    """What undo and redo would do now."""
    undo = story.changes.filter(undone=False).values_list("label", flat=True).last()
    redo = story.changes.filter(undone=True).values_list("label", flat=True).first()
    return History(bool(undo), bool(redo), _label(undo), _label(redo))


def _label(name: str | None) -> str:
    return gettext(LABELS.get(name, name)) if name else ""


def _put(story: Story, field: dict[str, Any], value: Any) -> None:
    """Give one field the value it had before, or after, a step."""
    name = field["field"]
    if field["model"] == "story":
        setattr(story, "tip_id" if name == "tip" else name, value)
        story.save(update_fields=[name])
        return
    passage = Passage.objects.filter(pk=field["id"], story=story)
    if name == "deleted_at":
        passage.update(deleted_at=value and parse_datetime(value))
        if value:
            stop(passage)
    elif name == "revision":
        passage.update(revision=value, text=_text_at(field["id"], value))
    else:
        passage.update(**{name: value})


def stop(passages) -> None:
    """Nobody waits for these any more. Whoever writes one sees it within a second."""
    passages.filter(status=Status.WRITING).update(stop_asked=True)
    passages.filter(status=Status.QUEUED).update(
        status=Status.STOPPED, stop_asked=True, finished_at=timezone.now()
    )


def _text_at(passage_id: int, revision_id: int | None) -> str:
    """The text of a revision; without one, the text from before the first edit."""
    revisions = Revision.objects.filter(passage=passage_id)
    found = revisions.filter(pk=revision_id) if revision_id else revisions
    return found.values_list("text", flat=True).first() or ""


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
