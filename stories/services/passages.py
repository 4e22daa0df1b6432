"""Asking for passages: go on, try again, alternatives, stop."""

from random import SystemRandom
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from stories import events
from stories.arcs import tones, turns
from stories.models import (
    Author,
    Mode,
    Passage,
    Signal,
    Status,
    Story,
    Strength,
    TurningPoint,
)
from stories.services import quotas, words
from stories.services.history import Step, change, stop
from stories.services.path import (
    UNDER_WAY,
    lead_to,
    marks,
    not_under_way,
    still_there,
)
from stories.services.refused import Refused
from stories.services.rules import rules_of
from stories.services.tones import check_tone, closer_target, tone_again
from stories.tree import Skeleton
from users.safety import may_need_help

ALTERNATIVES = 4

_seeds = SystemRandom()


def request_passage(
    *,
    story: Story,
    mode: str,
    text: str = "",
    parent: Passage | None = None,
    tone: str = "",
    key: UUID | None = None,
) -> Passage:
    """Go on after `parent` (the end of the path if not given).

    "write" adds the person's words and asks for nothing; "direct" has the model
    follow an instruction; without text, both mean "continue".
    """
    if mode not in Mode.values:
        raise Refused("bad_mode", _("An entry is write, direct or continue."))
    rules = rules_of(story)
    if mode == Mode.WRITE:
        text = words.story_text(text, rules.characters)
    else:
        text = words.direction(text)
    if not text.strip():
        mode = Mode.CONTINUE
    check_tone(tone, story)
    care = may_need_help(text)
    with change(story, mode) as step:
        if done := _already(story, key):
            return done
        parent = _parent(story, parent)
        if mode == Mode.WRITE:
            passage = _new(step, parent, mode=mode, key=key, text=text, **marks(care))
        else:
            direction = text if mode == Mode.DIRECT else ""
            passage = _ask(
                step,
                parent,
                direction=direction,
                tone=tone,
                key=key,
                care=care,
            )
        lead_to(step, passage)
        if care:
            rules.worry(story)
    return passage


def retry_passage(
    *,
    passage: Passage,
    direction: str = "",
    tone: str = "",
    closer: bool = False,
    key: UUID | None = None,
) -> Passage:
    """Another passage in its place; the old one stays beside it.

    `closer`: to the same tone, pursued more strongly.
    """
    direction = words.direction(direction) or passage.direction
    care = may_need_help(direction)
    story = passage.story
    check_tone(tone, story)
    with change(story, "retry") as step:
        if done := _already(story, key):
            return done
        still_there(passage)
        if passage.status in UNDER_WAY:
            stop(Passage.objects.filter(pk=passage.pk))
        retry = _ask(
            step,
            _parent(story, passage.parent, or_tip=False),
            direction=direction,
            tone=tone or tone_again(passage),
            target=closer_target(passage) if closer else None,
            key=key,
            replaces=passage,
            care=care,
        )
        retry.signals.create(kind=Signal.Kind.RETRY, over=passage)
        lead_to(step, retry)
        if care:
            rules_of(story).worry(story)
    return retry


def more_alternatives(
    *, passage: Passage, count: int = 1, key: UUID | None = None
) -> list[Passage]:
    """More passages beside this one; the path stays as it is until one is chosen."""
    if not 1 <= count <= ALTERNATIVES:
        sentence = _("Ask for one to %(most)d alternatives at a time.")
        raise Refused("bad_count", sentence % {"most": ALTERNATIVES})
    story = passage.story
    care = may_need_help(passage.direction)
    keys = [key and (uuid5(key, str(i)) if i else key) for i in range(count)]
    with change(story, "alternatives") as step:
        if _already(story, key):
            return list(story.passages.filter(key__in=keys))
        still_there(passage)
        parent = _parent(story, passage.parent, or_tip=False)
        quotas.may_ask(story, count)
        return [
            _ask(
                step,
                parent,
                direction=passage.direction,
                tone=tone_again(passage),
                key=each,
                counted=True,
                care=care,
            )
            for each in keys
        ]


def ask_for_turn(
    *,
    story: Story,
    turn: str,
    parent: Passage | None = None,
    key: UUID | None = None,
) -> list[Passage]:
    """Three short ways a turning point could go, to choose from; the first is shown."""
    if turn not in TurningPoint.values:
        raise Refused("bad_turn", _("There is no such turning point."))
    kind = TurningPoint(turn)
    options = turns.targets(kind, tones.STRENGTHS[Strength(story.strength)])
    keys = [key and (uuid5(key, str(i)) if i else key) for i in range(len(options))]
    with change(story, "turn") as step:
        if _already(story, key):
            return list(story.passages.filter(key__in=keys))
        parent = _parent(story, parent)
        quotas.may_ask(story, len(options))
        passages = [
            _ask(
                step,
                parent,
                direction=turns.DIRECTIONS[kind],
                tone=target["tone"],
                target=target,
                turn=turn,
                key=each,
                counted=True,
            )
            for each, target in zip(keys, options, strict=True)
        ]
        lead_to(step, passages[0])
    return passages


def stop_passage(*, passage: Passage) -> None:
    """Keep what is written so far. Stopping what has ended changes nothing."""
    story = passage.story
    with change(story, "stop") as step:
        passage.refresh_from_db()
        stop(Passage.objects.filter(pk=passage.pk))
        if passage.status == Status.QUEUED:  # nobody else will say that it ended
            step.touched = True
            news = events.PassageFinished(
                passage.pk, Status.STOPPED.value, passage.text, story.version + 1
            )
            transaction.on_commit(lambda: events.publish(story.pk, news))
    passage.refresh_from_db()


# --- the parts ---------------------------------------------------------------------


def _already(story: Story, key: UUID | None) -> Passage | None:
    """What the same request brought when it came before."""
    return story.passages.filter(key=key).first() if key else None


def _parent(
    story: Story, passage: Passage | None, or_tip: bool = True
) -> Passage | None:
    parent = passage or (story.tip if or_tip else None)
    if parent is None:
        return None
    if parent.story_id != story.pk:
        raise Refused("gone", _("There is no such passage in this story."))
    still_there(parent)
    if parent.pk != story.tip_id and not Skeleton(story).reachable(parent.pk):
        raise Refused("gone", _("This passage follows one that was deleted."))
    not_under_way(parent)
    return parent


def _ask(
    step: Step,
    parent: Passage | None,
    *,
    direction: str,
    tone: str,
    key: UUID | None,
    replaces: Passage | None = None,
    target: dict[str, Any] | None = None,
    turn: str = "",
    counted: bool = False,
    care: bool = False,
) -> Passage:
    """A passage for the model to write, queued once this is committed."""
    rules_of(step.story).may_ask(step.story)
    if not counted:
        quotas.may_ask(step.story, 1)
    passage = _new(
        step,
        parent,
        mode=Mode.DIRECT if direction else Mode.CONTINUE,
        key=key,
        direction=direction,
        author=Author.MODEL,
        status=Status.QUEUED,
        replaces=replaces,
        seed=_seeds.getrandbits(31),
        tone_asked=tone or rules_of(step.story).usual_tone(step.story),
        tone_target=target,
        turn=turn,
        **marks(care),
    )
    transaction.on_commit(lambda: _queue(passage))
    return passage


def _queue(passage: Passage) -> None:
    """Hand it to a worker. Without a broker it has failed, and may be tried again."""
    try:
        rules_of(passage.story).queue(passage)
    except OperationalError:
        sentence = _("Storyloom cannot write just now. Please try again soon.")
        Passage.objects.filter(pk=passage.pk, status=Status.QUEUED).update(
            status=Status.FAILED, error=sentence, finished_at=timezone.now()
        )


def _new(step: Step, parent: Passage | None, **fields: Any) -> Passage:
    fields = {"author": Author.PERSON, "finished_at": None} | fields
    if fields["author"] == Author.PERSON:
        fields["finished_at"] = timezone.now()
    rules = rules_of(step.story)
    rules.may_write(step.story)
    number = quotas.room_for(step.story, 1, rules.most)
    passage = step.story.passages.create(parent=parent, number=number, **fields)
    step.added(passage)
    return passage
