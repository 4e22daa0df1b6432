"""What a pupil may do with a story given out to them: read, answer, write on."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.lessons import screening
from stories.lessons.models import Answer, Made, Reading, Tale, Turn, Writing
from stories.services import words
from stories.services.refused import Refused
from stories.tasks import write_turn
from users.classrooms.models import Pupil
from users.safety import may_need_help

LONGEST_ANSWER = 1000
LONGEST_TURN = 2000
MOST_TURNS = 40
#: A page that stays open says so every minute; more than this it cannot claim.
A_VISIT = 90
TURN_DEAD_AFTER = timedelta(seconds=60)


def open_tale(*, tale: Tale, pupil: Pupil) -> Reading:
    return Reading.objects.get_or_create(tale=tale, pupil=pupil)[0]


def stay(*, reading: Reading, seconds: int) -> None:
    """Time with the page in front of them, told by the page in small portions."""
    seconds = max(0, min(seconds, A_VISIT))
    Reading.objects.filter(pk=reading.pk).update(seconds=F("seconds") + seconds)


@transaction.atomic
def look_up(*, reading: Reading, word: str) -> None:
    reading = Reading.objects.select_for_update(of=("self",)).get(pk=reading.pk)
    known = {entry["word"] for entry in reading.tale.glossary}
    if word in known and word not in reading.looked_up:
        reading.looked_up.append(word)
        reading.save(update_fields=["looked_up"])


def smile(*, reading: Reading, smile: int) -> None:
    """What they say they thought of the story."""
    if not 1 <= smile <= 5:
        raise Refused("smile", _("Choose one of the five faces."))
    Reading.objects.filter(pk=reading.pk).update(smile=smile)


@transaction.atomic
def answer(*, reading: Reading, answers: dict[int, str]) -> list[Answer]:
    """Every answer that was given; a second one to the same question counts not."""
    reading = Reading.objects.select_for_update(of=("self",)).get(pk=reading.pk)
    done = {a.question_id for a in reading.answers.all()}
    kept = []
    for question in reading.tale.questions.all():
        said = words.clean(answers.get(question.pk, "")).strip()
        if not said or question.pk in done:
            continue
        if question.options and said not in question.options:
            raise Refused("answer", _("Choose one of the answers that are there."))
        if len(said) > LONGEST_ANSWER:
            raise Refused(
                "answer",
                _("An answer has at most %(most)d characters.")
                % {"most": LONGEST_ANSWER},
            )
        own = not question.options
        kept.append(
            Answer(
                reading=reading,
                question=question,
                text=said,
                right=None if own else said == question.key,
                care=own and may_need_help(said),
            )
        )
    if not kept and not done:
        raise Refused("answer", _("Answer at least one question first."))
    Answer.objects.bulk_create(kept)
    reading.answered_at = reading.answered_at or timezone.now()
    reading.save(update_fields=["answered_at"])
    return kept


# --- your turn --------------------------------------------------------------------
@transaction.atomic
def write_on(*, reading: Reading, text: str, own: bool = False) -> Turn:
    """A piece in the pupil's own words. Nothing is refused for what it says: words
    that sound like a crisis are kept, marked for the teacher, and help is shown."""
    refuse_turn(reading)
    text = words.clean(text).strip()
    if not text:
        raise Refused("empty", _("Write something first."))
    if len(text) > LONGEST_TURN:
        raise Refused(
            "too_long",
            _("A piece has at most %(most)d characters.") % {"most": LONGEST_TURN},
        )
    flags = screening.flags_of(text)
    return Turn.objects.create(
        reading=reading, by=Turn.By.PUPIL, own=own, text=text, flags=flags
    )


@transaction.atomic
def ask_for_more(*, reading: Reading, own: bool = False) -> Turn:
    """One sentence by the model, only where the teacher allowed it."""
    refuse_turn(reading)
    if reading.tale.lesson.writing != Writing.HELPED:
        raise Refused("not_allowed", _("Your teacher wants your own words here."))
    recover_turns(reading)
    if reading.turns.filter(made__in=[Made.WAITING, Made.WRITING]).exists():
        raise Refused("busy", _("Storyloom is thinking already."))
    turn = Turn.objects.create(
        reading=reading, by=Turn.By.MODEL, own=own, made=Made.WAITING
    )
    write_turn.delay_on_commit(turn.pk)
    return turn


def refuse_turn(reading: Reading) -> None:
    Reading.objects.select_for_update(of=("self",)).get(pk=reading.pk)
    if reading.tale.lesson.writing == Writing.NONE:
        raise Refused("not_allowed", _("This story is for reading and answering."))
    if reading.turns.count() >= MOST_TURNS:
        raise Refused("full", _("This story is long enough now."))


def recover_turns(reading: Reading) -> None:
    long_ago = timezone.now() - TURN_DEAD_AFTER
    reading.turns.filter(
        made__in=[Made.WAITING, Made.WRITING], created_at__lt=long_ago
    ).update(made=Made.FAILED, error=_("That took too long. Please try again."))
