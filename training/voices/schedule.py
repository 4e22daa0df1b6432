"""What nobody asks for: a run begins when enough is new, when its time has come, or
when something was taken out of what a voice knows."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from training import ledger
from training.learning import quiet
from training.models import Example, TrainingRun, Voice, Workshop
from training.voices.refused import Refused
from training.voices.runs import start_run

Trigger = TrainingRun.Trigger
#: Between two runs that nobody asked for. Doubled for each that brought no version.
REST, LONGEST_REST = timedelta(hours=6), timedelta(days=7)
#: Someone who takes one thing out may be about to take out more.
CALM = timedelta(hours=1)
#: Words: with fewer nothing is new enough for a run by schedule.
FEWEST_NEW = 100


def learn_what_is_new() -> int:
    """Begin a run for everyone whose time it is; how many."""
    begun = 0
    if Workshop.is_paused() or quiet.is_quiet(timezone.localtime()):
        return begun
    voices = Voice.objects.filter(learns=True, by_itself=True)
    for voice in voices.select_related("person", "adapter"):
        if not is_rested(voice):
            continue
        ledger.refresh(voice.person)
        if trigger := due(voice):
            try:
                start_run(person=voice.person, trigger=trigger, refresh=False)
            except Refused:
                continue
            begun += 1
    return begun


def is_rested(voice: Voice) -> bool:
    runs = TrainingRun.objects.owned_by(voice.person)
    last = runs.first()
    if last is None:
        return True
    return last.created_at < timezone.now() - rest(voice)


def rest(voice: Voice) -> timedelta:
    """Longer each time that learning the same again brought nothing better."""
    vain = TrainingRun.objects.owned_by(voice.person).filter(adapter=None)
    if voice.adapter:
        vain = vain.filter(created_at__gt=voice.adapter.created_at)
    ended = (TrainingRun.Status.FINISHED, TrainingRun.Status.FAILED)
    doubled = min(vain.filter(status__in=ended).count(), 10)
    return min(REST * 2**doubled, LONGEST_REST)


def due(voice: Voice) -> str:
    """Why a run should begin now, or an empty word."""
    counting = list(ledger.counting(voice.person).values_list("digest", "words"))
    known = set(voice.adapter.ledger) if voice.adapter else set()
    if known - {digest for digest, _words in counting}:
        return Trigger.TAKEN if is_calm(voice) else ""
    new = sum(words for digest, words in counting if digest not in known)
    own = max(1, ledger.own_words(voice.person))
    if new >= settings.VOICE_NEW_PERCENT / 100 * own:
        return Trigger.SIGNALS
    return Trigger.SCHEDULE if new >= FEWEST_NEW and has_come(voice) else ""


def is_calm(voice: Voice) -> bool:
    lately = timezone.now() - CALM
    taken = Example.objects.owned_by(voice.person).filter(taken_out_at__gt=lately)
    return not taken.exists()


def has_come(voice: Voice, now: datetime | None = None) -> bool:
    """Whether the version in use is as old as one may become (STORYLOOM_VOICE_DAYS)."""
    if voice.adapter is None or settings.VOICE_DAYS < 1:
        return False
    age = (now or timezone.now()) - voice.adapter.created_at
    return age >= timedelta(days=settings.VOICE_DAYS)
