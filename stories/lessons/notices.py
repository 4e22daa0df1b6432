"""What sounded like danger, for a teacher who sees to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from stories.lessons.models import Answer, Notice
from stories.models import Author, Passage, Story
from stories.services.refused import Refused
from users.classrooms.models import Pupil
from users.safety import may_need_help


def see_to(*, notice: Notice, teacher, outcome: str) -> None:
    if outcome not in Notice.Outcome.values:
        raise Refused("outcome", _("Say what came of it."))
    Notice.objects.open().filter(pk=notice.pk).update(
        seen_at=timezone.now(), seen_by=teacher, outcome=outcome
    )


# --- what is it about? -------------------------------------------------------------
@dataclass(frozen=True)
class Found:
    """Words that were marked, and where they stand."""

    where: str
    text: str
    at: datetime


MOST_FOUND = 20  # of one pupil


def found(pupils: Iterable[Pupil]) -> dict[int, list[Found]]:
    """By pupil, the newest first; also what was changed or deleted since."""
    rows: dict[int, list[Found]] = {pupil.pk: [] for pupil in pupils}
    for look in (_answers, _passages, _titles):
        for pupil_id, one in look(list(rows)):
            rows[pupil_id].append(one)
    return {
        pk: sorted(those, key=lambda one: one.at, reverse=True)[:MOST_FOUND]
        for pk, those in rows.items()
    }


def _answers(pupils: list[int]) -> Iterator[tuple[int, Found]]:
    answers = Answer.objects.filter(reading__pupil__in=pupils, care=True)
    for answer in answers.select_related("reading"):
        one = Found(_("an answer"), answer.text, answer.created_at)
        yield answer.reading.pupil_id, one


def _passages(pupils: list[int]) -> Iterator[tuple[int, Found]]:
    marked = Passage.objects.filter(story__turn__reading__pupil__in=pupils, care=True)
    rows = marked.select_related("story__turn__reading").prefetch_related("revisions")
    for passage in rows:
        pupil_id = passage.story.turn.reading.pupil_id
        for where, text, at in _texts(passage):
            if may_need_help(text):
                yield pupil_id, Found(where, text, at)


def _texts(passage: Passage) -> Iterator[tuple[str, str, datetime]]:
    where = _("a story of theirs")
    if passage.deleted_at:
        where = _("a story of theirs, since deleted")
    if passage.author == Author.PERSON or passage.revision_id:
        yield where, passage.text, passage.created_at
    yield _("asked of Storyloom"), passage.direction, passage.created_at
    for revision in passage.revisions.all():
        if revision.text != passage.text:
            yield _("since changed"), revision.text, revision.created_at


def _titles(pupils: list[int]) -> Iterator[tuple[int, Found]]:
    stories = Story.objects.filter(turn__reading__pupil__in=pupils)
    for story in stories.select_related("turn__reading"):
        if may_need_help(story.title):
            one = Found(_("a title"), story.title, story.updated_at)
            yield story.turn.reading.pupil_id, one
