"""Making the stories of a lesson: one background job for a whole class.

The threads that compose know no database; this one asks them how far they are, saves
what is finished, and sees a wish to stop. Every save names the lease, so a second
delivery of the same task can change nothing. One failing story harms no other.
"""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.lessons import answering, questions, screening
from stories.lessons.compose import compose
from stories.lessons.drawing import Stopped
from stories.lessons.models import Lesson, Made, Making, Question, Tale
from stories.lessons.values import Draft, Wish, Word
from stories.lessons.words import MOST_WORDS, guess_kind, sentences_with
from training.engine import Engine, EngineError
from training.services import engine as open_engine

logger = logging.getLogger(__name__)

AT_ONCE = 4  # stories; each draws several candidates
LOOK_EVERY = 0.4  # seconds
DEAD_AFTER = timedelta(seconds=30)


def make(lesson_id: UUID | str) -> None:
    """Make the waiting stories of a lesson. Returns quietly if it is not to be had."""
    trouble = ""
    try:
        engine = open_engine()
    except EngineError as error:
        engine, trouble = None, str(error)
    lesson = claim(lesson_id)
    if lesson is None:
        return
    maker = Maker(lesson)
    try:
        if engine is None:
            maker.fail_all(trouble)
        else:
            maker.make_all(engine)
    finally:
        maker.finish()


def claim(lesson_id: UUID | str) -> Lesson | None:
    queued = Lesson.objects.filter(pk=lesson_id, status=Making.QUEUED)
    if not queued.update(status=Making.WORKING, lease=uuid4(), alive_at=timezone.now()):
        return None
    return Lesson.objects.select_related("classroom").get(pk=lesson_id)


class Maker:
    """Holds the lease of one lesson while its stories are made."""

    def __init__(self, lesson: Lesson):
        self.lesson = lesson
        self.mine = Lesson.objects.filter(pk=lesson.pk, lease=lesson.lease)
        self.stopping = threading.Event()
        self.shares: dict[int, int] = {}  # percent by tale, told by the threads
        self.told: dict[int, int] = {}  # ... and what the database has of it

    @property
    def tales(self):
        return Tale.objects.filter(lesson__in=self.mine)

    def make_all(self, engine: Engine) -> None:
        wishes = wishes_of(self.lesson)
        release()
        with ThreadPoolExecutor(AT_ONCE, "lesson") as pool:
            futures = {
                pool.submit(self.compose, engine, tale_id, wish): (tale_id, wish)
                for tale_id, wish in wishes
            }
            open_ones: set[Future] = set(futures)
            while open_ones:
                done, open_ones = wait(open_ones, LOOK_EVERY, FIRST_COMPLETED)
                for future in done:
                    self.take(engine.name, *futures[future], future)
                self.look_around()
                release()

    def compose(self, engine: Engine, tale_id: int, wish: Wish) -> Draft:
        """On a thread of the pool: no database here."""
        if self.stopping.is_set():
            raise Stopped
        self.shares[tale_id] = 0

        def step(done: int, of: int) -> None:
            self.shares[tale_id] = 100 * done // max(1, of)

        return compose(engine, wish, step=step, stop=self.stopping.is_set)

    def look_around(self) -> None:
        """Say that we live, show how far we are, see whether we should stop."""
        if (
            not self.mine.update(alive_at=timezone.now())
            or self.mine.filter(stop_asked=True).exists()
        ):
            self.stopping.set()
        for tale_id, share in list(self.shares.items()):
            if self.told.get(tale_id) != share:
                unfinished = [Made.WAITING, Made.WRITING]
                self.tales.filter(pk=tale_id, made__in=unfinished).update(
                    made=Made.WRITING, share=share
                )
                self.told[tale_id] = share

    def take(self, model: str, tale_id: int, wish: Wish, future: Future) -> None:
        self.shares.pop(tale_id, None)
        tale = self.tales.filter(pk=tale_id)
        try:
            draft = future.result()
            keep(tale, wish, draft, model)
        except Stopped:
            tale.update(made=Made.STOPPED)
        except EngineError as error:
            tale.update(made=Made.FAILED, error=str(error)[:300])
        except Exception as error:
            # Only the kind of error: its message may hold a child's words.
            logger.error("tale %s failed: %s", tale_id, type(error).__name__)
            sentence = _("Something went wrong. Please try again.")
            tale.update(made=Made.FAILED, error=sentence)

    def fail_all(self, trouble: str) -> None:
        self.tales.filter(made=Made.WAITING).update(
            made=Made.FAILED, error=trouble[:300]
        )

    def finish(self) -> None:
        unfinished = self.tales.filter(made__in=[Made.WAITING, Made.WRITING])
        stopped = unfinished.update(made=Made.STOPPED)
        stopped = stopped or self.stopping.is_set()
        self.mine.update(
            status=Making.STOPPED if stopped else Making.DONE,
            stop_asked=False,
            lease=None,
        )


def keep(tale, wish: Wish, draft: Draft, model: str) -> None:
    """Save a draft; whatever was there before is replaced, so it must be read anew."""
    asked = questions.ask_about(draft, wish)
    paragraphs = [[asdict(line) for line in lines] for lines in draft.paragraphs]
    with transaction.atomic():
        row = tale.select_for_update(of=("self",)).first()
        if row is None:  # the pupil, or the lesson, is gone
            return
        row.made, row.share, row.error = Made.READY, 100, ""
        row.title, row.paragraphs, row.drawn = draft.title, paragraphs, draft.text
        row.report = asdict(draft.report) if draft.report else {}
        row.glossary = glossary_of(wish, draft)
        row.flags = screening.flags_of(
            screened(draft.title, draft.text, asked), hero=wish.hero, others=wish.others
        )
        row.model, row.review = model[:200], "draft"
        row.version += 1
        row.save()
        row.questions.all().delete()
        Question.objects.bulk_create(
            Question(
                tale=row, number=number, kind=q.kind, rule=q.rule, text=q.text,
                options=list(q.options), key=q.key, evidence=q.evidence, word=q.about,
                check_of=answering.answerable(q, draft.text) if q.options else {},
            )
            for number, q in enumerate(asked, 1)
        )  # fmt: skip


def screened(title: str, text: str, asked) -> str:
    """All a pupil would see, wrong answers too."""
    parts = [title + ".", text]
    parts += [f"{q.text}\n" + "\n".join(q.options) for q in asked]
    return "\n".join(parts)


def glossary_of(wish: Wish, draft: Draft) -> list[dict]:
    texts = [line.text for line in draft.lines]
    return [
        {
            "word": word.word,
            "meaning": word.meaning,
            "quote": next(iter(sentences_with(word.word, texts)), ""),
        }
        for word in wish.words
    ]


# --- from rows to plain values ----------------------------------------------------
def wishes_of(lesson: Lesson) -> list[tuple[int, Wish]]:
    names = list(lesson.classroom.pupils.values_list("nickname", flat=True))
    waiting = lesson.tales.filter(made=Made.WAITING).select_related("pupil")
    return [(tale.pk, wish_of(lesson, tale, names)) for tale in waiting]


def wish_of(lesson: Lesson, tale: Tale, names: list[str]) -> Wish:
    """Of a pupil: nickname, pronoun, interests and words to practise. Nothing else."""
    pupil = tale.pupil
    hero = pupil.nickname if pupil else lesson.hero
    words = [Word(w["word"], w["kind"], w["meaning"]) for w in lesson.words]
    if pupil:
        practise = pupil.practise if tale.practise is None else tale.practise
        words += own_words(practise, words)
    return Wish(
        hero=hero,
        pronoun=pupil.pronoun if pupil else lesson.pronoun,
        interests=tuple(pupil.interests) if pupil else (),
        words=tuple(words[:MOST_WORDS]),
        facts=tuple(lesson.facts),
        goal=lesson.goal,
        level=tale.level,
        length=lesson.length,
        tone=lesson.tone,
        form=lesson.form,
        others=tuple(name for name in names if name != hero),
        seed=tale.seed,
    )


def own_words(practise: list[str], words: list[Word]) -> Iterator[Word]:
    """What a pupil is to practise takes the room that the lesson's words leave."""
    taken = {word.word.casefold() for word in words}
    for word in practise:
        if word.casefold() not in taken and word.isalpha():
            yield Word(word, guess_kind(word))  # type: ignore[arg-type]


def recover(*, lesson: Lesson) -> None:
    """A job without a sign of life is stopped, and can be gone on with."""
    if lesson.status not in (Making.QUEUED, Making.WORKING):
        return
    long_ago = timezone.now() - DEAD_AFTER
    stale = Lesson.objects.filter(
        pk=lesson.pk, status=lesson.status, alive_at__lt=long_ago
    )
    if lesson.status == Making.QUEUED:
        others = Lesson.objects.filter(status=Making.WORKING, alive_at__gte=long_ago)
        if others.exists():  # it only waits for its turn
            return
    with transaction.atomic():
        if stale.update(status=Making.STOPPED, lease=None, stop_asked=False):
            lesson.tales.filter(made__in=[Made.WAITING, Made.WRITING]).update(
                made=Made.STOPPED
            )
    lesson.refresh_from_db()


def release() -> None:
    """Hold no connection while the engine works."""
    if not connection.in_atomic_block:
        connection.close()
