"""Asking for two, and choosing one of them."""

from random import SystemRandom
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.blind.models import BlindTest
from stories.models import Author, Passage, Signal, Status, Story
from stories.services.history import change, lock, stop
from stories.services.passages import ask_for_two
from stories.services.refused import Refused
from stories.services.rewriting import choose_passage
from stories.services.rules import rules_of
from training import voices

#: So many passages are written between two offers.
EVERY = 8
NEITHER, FIRST, SECOND = 0, 1, 2

_lot = SystemRandom()


def standing(story: Story) -> dict[str, object] | None:
    """What an open editor should offer: a test, one under way, one to be answered."""
    if not rules_of(story).compares:
        return None
    if test := open_test(story):
        return {"state": state_of(test), "test": test.pk}
    return {"state": "offer"} if is_due(story) else None


def open_test(story: Story) -> BlindTest | None:
    tests = BlindTest.objects.filter(story=story, answered_at=None)
    test = tests.select_related("first", "second", "new", "old").first()
    if test:  # one instance, so that whoever changes the story changes the caller's
        test.story = test.first.story = test.second.story = story
    return test


def state_of(test: BlindTest) -> str:
    if any(_is_lost(passage) for passage in test.passages):
        return "lost"
    written = all(p.status == Status.FINISHED for p in test.passages)
    return "ready" if written else "writing"


def _is_lost(passage: Passage) -> bool:
    ended = (Status.STOPPED, Status.INTERRUPTED, Status.FAILED)
    return bool(passage.deleted_at) or passage.status in ended


def is_due(story: Story) -> bool:
    """Whether there are two to compare, and it is long enough since it was asked."""
    two = voices.contenders(person_id=story.owner_id)
    if two is None:
        return False
    written = Passage.objects.filter(
        story__owner=story.owner_id, author=Author.MODEL, finished_at__gt=two.since
    )
    return written[:EVERY].count() == EVERY


def ask_blind(*, story: Story, key: UUID | None = None) -> list[Passage]:
    """The next passage twice, by two versions; the path waits for the choice."""
    with transaction.atomic():
        lock(story)
        if test := open_test(story):
            return list(test.passages)
        may = rules_of(story).compares
        two = voices.contenders(person_id=story.owner_id) if may else None
        if two is None:
            raise Refused("no_two", _("There are no two versions to compare."))
        first, second = ask_for_two(story=story, key=key)
        BlindTest.objects.create(
            story=story,
            first=first,
            second=second,
            new=two.new,
            old=two.old,
            new_first=bool(_lot.getrandbits(1)),
        )
        voices.asked_blind(person_id=story.owner_id)
    return [first, second]


def choose_blind(*, story: Story, test: int, take: int) -> None:
    """The story goes on with the one taken; with neither, both are put away."""
    with transaction.atomic():
        lock(story)
        found = open_test(story)
        if found is None or found.pk != test:
            raise Refused("answered", _("This choice was made already."))
        if take not in (NEITHER, FIRST, SECOND):
            raise Refused("bad_choice", _("Choose the first, the second or neither."))
        state = state_of(found)
        if take != NEITHER and state != "ready":
            raise Refused("not_ready", _("Wait until both are written."))
        found.answered_at = timezone.now()
        found.save(update_fields=["answered_at"])
        if take == NEITHER:
            _put_away(found)
        else:
            _take(found, take)


def _take(test: BlindTest, take: int) -> None:
    taken, other = test.passages if take == FIRST else reversed(test.passages)
    choose_passage(passage=taken)
    taken.signals.create(kind=Signal.Kind.BLIND, over=other)
    # Another model or a lost file may have silenced a version meanwhile.
    as_drawn = test.by_new.adapter == test.new.label
    if as_drawn and test.by_old.adapter == (test.old.label if test.old else ""):
        won = taken == test.by_new
        voices.record_choice(adapter=test.new, against=test.old, won=won)


def _put_away(test: BlindTest) -> None:
    with change(test.story, "blind") as step:
        for passage in test.passages:
            step.set(passage, "deleted_at", timezone.now())
        stop(Passage.objects.filter(pk__in=[p.pk for p in test.passages]))


def not_now(*, story: Story, ever: bool = True) -> None:
    """Ask later; or never again, until it is allowed on the page of the voice."""
    if ever:
        voices.asked_blind(person_id=story.owner_id)
    else:
        voices.let_compare(person=story.owner, blind=False)
