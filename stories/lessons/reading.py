"""What a pupil may do with a story given out to them: read, answer, write on."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.lessons import letters
from stories.lessons.models import Answer, Reading, Tale, Turn
from stories.models import Story
from stories.services import words
from stories.services.refused import Refused
from users.classrooms.models import Pupil
from users.safety import may_need_help

LONGEST_ANSWER = 1000
#: A page that stays open says so every minute; more than this it cannot claim.
A_VISIT = 90


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
    if any(answer.care for answer in kept):
        letters.worry(pupil=reading.pupil)
    reading.answered_at = reading.answered_at or timezone.now()
    reading.save(update_fields=["answered_at"])
    return kept


# --- your turn --------------------------------------------------------------------
@transaction.atomic
def open_turn(*, reading: Reading, own: bool = False) -> Story:
    """The page to write on: after the story, or a story of their own. The same editor
    as everybody's, under the rules of a class (rules.py)."""
    Reading.objects.select_for_update(of=("self",)).get(pk=reading.pk)
    turn, made = Turn.objects.get_or_create(reading=reading, own=own)
    if not made:
        return turn.story
    title = "" if own else reading.tale.title
    return Story.objects.create(
        owner_id=reading.pupil.account_id, turn=turn, title=title
    )
