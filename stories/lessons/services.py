"""What a teacher may ask of a lesson: plan it, have it made, review it, give it out.

Each verb takes instances that were fetched for this teacher, and raises `Refused`
with a sentence for them.
"""

from collections.abc import Iterable
from random import SystemRandom

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.lessons import plans, starts
from stories.lessons.making import DEAD_AFTER, recover
from stories.lessons.models import Answer, Lesson, Look, Made, Making, Review, Tale
from stories.services.refused import Refused
from stories.tasks import make_lesson
from users.classrooms.models import Classroom

__all__ = [
    "DEAD_AFTER", "approve", "assign", "change_plan", "delete_lesson", "go_on",
    "look_at", "make_again", "make_tales", "plan_lesson", "recover", "stop",
    "take_back",
]  # fmt: skip

MOST_LESSONS = 200  # of one class
PLAIN = (
    "title", "level", "length", "tone", "form", "for_class", "for_each", "own_level",
    "own_needs", "hero", "pronoun", "writing",
)  # fmt: skip
_seeds = SystemRandom()


# --- the plan ---------------------------------------------------------------------
def plan_lesson(*, classroom: Classroom, teacher, **asked) -> Lesson:
    if classroom.archived_at:
        raise Refused("archived", _("This class is in the archive."))
    if classroom.lessons.count() >= MOST_LESSONS:
        raise Refused(
            "full",
            _("A class keeps at most %(most)d lessons.") % {"most": MOST_LESSONS},
        )
    return save_plan(Lesson(classroom=classroom, teacher=teacher), asked)


def change_plan(*, lesson: Lesson, **asked) -> Lesson:
    """Stories already made stay as they are; new ones follow the new plan."""
    refuse_while_made(lesson)
    return save_plan(lesson, asked)


def save_plan(lesson: Lesson, asked: dict) -> Lesson:
    lesson.goal = plans.goal(asked["goal"])
    lesson.facts = plans.facts(asked.get("facts", ""))
    lesson.words = plans.target_words(asked.get("words", []))
    for name in PLAIN:
        if name in asked:
            setattr(lesson, name, asked[name])
    if not (lesson.for_class or lesson.for_each):
        raise Refused(
            "for_each", _("Make one for the class, or one for each, or both.")
        )
    try:
        lesson.clean_fields(exclude=["teacher", "classroom", "words", "facts"])
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Refused(field, sentences[0]) from None
    lesson.save()
    return lesson


def delete_lesson(*, lesson: Lesson) -> None:
    """With its stories, readings and answers. Whoever makes them finds nothing left."""
    lesson.delete()


# --- making ------------------------------------------------------------------------
@transaction.atomic
def make_tales(*, lesson: Lesson) -> int:
    """A tale for whoever has none yet; in the background, all in one job."""
    lesson = locked(lesson)
    refuse_while_made(lesson)
    refuse_beside_another(lesson)
    there = set(lesson.tales.values_list("pupil", flat=True))
    tales = []
    if lesson.for_class and None not in there:
        tales.append(new_tale(lesson, level=lesson.level))
    for start in starts.of(lesson) if lesson.for_each else ():
        if start.pupil.pk not in there:
            tales.append(
                new_tale(
                    lesson,
                    pupil=start.pupil,
                    level=start.level,
                    practise=start.practise,
                )
            )
    Tale.objects.bulk_create(tales)
    if not lesson.tales.exclude(made=Made.READY).exists():
        raise Refused("nothing", _("Every story of this lesson is made already."))
    unfinished = lesson.tales.exclude(made=Made.READY)
    unfinished.update(made=Made.WAITING, share=0, error="")
    return queue(lesson)


go_on = make_tales  # what was stopped or failed is tried again; what is ready stays


def new_tale(lesson: Lesson, **start) -> Tale:
    return Tale(lesson=lesson, seed=_seeds.getrandbits(31), **start)


@transaction.atomic
def make_again(*, tale: Tale) -> None:
    """Another one instead; the one that is there is replaced when it is ready."""
    lesson = locked(tale.lesson)
    refuse_while_made(lesson)
    refuse_beside_another(lesson)
    if Answer.objects.filter(question__tale=tale).exists():
        raise Refused(
            "answered",
            _("This story has been answered, and its answers would be lost. Plan "
              "another lesson for another story."),
        )  # fmt: skip
    changed = Tale.objects.filter(pk=tale.pk)
    changed.update(
        made=Made.WAITING, share=0, error="", review=Review.DRAFT,
        seed=_seeds.getrandbits(31),
    )  # fmt: skip
    queue(lesson)


def queue(lesson: Lesson) -> int:
    lesson.status, lesson.stop_asked = Making.QUEUED, False
    lesson.alive_at = timezone.now()
    lesson.save(update_fields=["status", "stop_asked", "alive_at"])
    make_lesson.delay_on_commit(str(lesson.pk))
    return lesson.tales.filter(made=Made.WAITING).count()


def stop(*, lesson: Lesson) -> None:
    """What is ready stays; the rest can be gone on with later."""
    with transaction.atomic():
        waiting = Lesson.objects.filter(pk=lesson.pk, status=Making.QUEUED)
        if waiting.update(status=Making.STOPPED):
            lesson.tales.filter(made=Made.WAITING).update(made=Made.STOPPED)
    Lesson.objects.filter(pk=lesson.pk, status=Making.WORKING).update(stop_asked=True)


def locked(lesson: Lesson) -> Lesson:
    return Lesson.objects.select_for_update().get(pk=lesson.pk)


def refuse_beside_another(lesson: Lesson) -> None:
    """A class has one job at a time, so that no class makes all others wait."""
    under_way = Lesson.objects.filter(
        classroom=lesson.classroom_id, status__in=[Making.QUEUED, Making.WORKING]
    )
    for other in under_way.exclude(pk=lesson.pk):
        recover(lesson=other)
        if other.status in (Making.QUEUED, Making.WORKING):
            raise Refused(
                "busy", _("Another lesson of this class is being made. Wait for it.")
            )


def refuse_while_made(lesson: Lesson) -> None:
    if lesson.status in (Making.QUEUED, Making.WORKING):
        recover(lesson=lesson)
    if lesson.status in (Making.QUEUED, Making.WORKING):
        raise Refused("busy", _("The stories are being made. Stop that first."))


# --- review: opened, approved, given out ------------------------------------------
def look_at(*, tale: Tale, teacher) -> None:
    """Remember that this teacher has had this version in front of them."""
    Look.objects.update_or_create(
        tale=tale, teacher=teacher, defaults={"version": tale.version}
    )


@transaction.atomic
def approve(*, tales: Iterable[Tale], teacher) -> int:
    """All or none: each must be ready, and opened by this teacher as it now is."""
    chosen = list(tales)
    seen = dict(
        Look.objects.filter(teacher=teacher, tale__in=chosen).values_list(
            "tale", "version"
        )
    )
    for tale in chosen:
        if tale.made != Made.READY:
            raise Refused(
                "not_ready", _("A story that is not ready cannot be approved.")
            )
        if seen.get(tale.pk) != tale.version:
            raise Refused(
                "unread",
                _("Open each story before you approve it. “%(title)s” has not been "
                  "opened since it last changed.") % {"title": tale.title},
            )  # fmt: skip
    return sum(
        Tale.objects.filter(
            pk=tale.pk, version=tale.version, review=Review.DRAFT
        ).update(review=Review.REVIEWED)
        for tale in chosen
    )


@transaction.atomic
def assign(*, tales: Iterable[Tale], classroom: Classroom) -> int:
    """Now the pupils can read them."""
    if not classroom.has_contact:
        raise Refused(
            "contact",
            _(
                "Name a safeguarding contact for the class, with an e-mail, before you "
                "assign a story."
            ),
        )
    if classroom.archived_at:
        raise Refused("archived", _("This class is in the archive."))
    chosen = list(tales)
    for tale in chosen:
        refuse_unfit(tale)
    return sum(
        Tale.objects.filter(
            pk=tale.pk, version=tale.version, review=Review.REVIEWED
        ).update(review=Review.ASSIGNED, assigned_at=timezone.now())
        for tale in chosen
    )


def refuse_unfit(tale: Tale) -> None:
    if tale.review == Review.DRAFT or tale.made != Made.READY:
        raise Refused("draft", _("Approve “%(title)s” first.") % {"title": tale.title})
    if tale.undecided:
        raise Refused(
            "flags",
            _("Something in “%(title)s” is marked for you to decide on.")
            % {"title": tale.title},
        )
    if not all(question.proved for question in tale.questions.all()):
        raise Refused(
            "evidence",
            _("A question of “%(title)s” quotes words that are no longer in it.")
            % {"title": tale.title},
        )


def take_back(*, tale: Tale) -> None:
    """Pupils find it no more; what they have answered is kept."""
    Tale.objects.filter(pk=tale.pk, review=Review.ASSIGNED).update(
        review=Review.REVIEWED
    )
