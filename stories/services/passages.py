"""Adding, rewriting and choosing passages."""

from random import SystemRandom
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from stories import events, tasks
from stories.models import (
    Author,
    Mode,
    Passage,
    Revision,
    Signal,
    Status,
    Story,
    Tone,
)
from stories.services import quotas, words
from stories.services.history import Step, change, stop
from stories.services.refused import Refused
from stories.tree import Skeleton
from users.models import Profile
from users.safety import may_need_help

ALTERNATIVES = 4
UNDER_WAY = (Status.QUEUED, Status.WRITING)

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
    text = words.story_text(text) if mode == Mode.WRITE else words.direction(text)
    if not text.strip():
        mode = Mode.CONTINUE
    _check_tone(tone)
    care = may_need_help(text)
    with change(story, mode) as step:
        if done := _already(story, key):
            return done
        parent = _parent(story, parent)
        if mode == Mode.WRITE:
            passage = _new(step, parent, mode=mode, key=key, text=text, **_marks(care))
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
        _lead_to(step, passage)
    return passage


def retry_passage(
    *,
    passage: Passage,
    direction: str = "",
    tone: str = "",
    key: UUID | None = None,
) -> Passage:
    """Another passage in its place; the old one stays beside it."""
    direction = words.direction(direction) or passage.direction
    care = may_need_help(direction)
    _check_tone(tone)
    story = passage.story
    with change(story, "retry") as step:
        if done := _already(story, key):
            return done
        _still_there(passage)
        if passage.status in UNDER_WAY:
            stop(Passage.objects.filter(pk=passage.pk))
        retry = _ask(
            step,
            _parent(story, passage.parent, or_tip=False),
            direction=direction,
            tone=tone or story.tone or passage.tone_asked,
            key=key,
            replaces=passage,
            care=care,
        )
        retry.signals.create(kind=Signal.Kind.RETRY, over=passage)
        _lead_to(step, retry)
    return retry


def more_alternatives(
    *, passage: Passage, count: int = 1, key: UUID | None = None
) -> list[Passage]:
    """More passages beside this one; the path stays as it is until one is chosen."""
    if not 1 <= count <= ALTERNATIVES:
        sentence = _("Ask for one to %(most)d alternatives at a time.")
        raise Refused("bad_count", sentence % {"most": ALTERNATIVES})
    story = passage.story
    keys = [key and (uuid5(key, str(i)) if i else key) for i in range(count)]
    with change(story, "alternatives") as step:
        if _already(story, key):
            return list(story.passages.filter(key__in=keys))
        _still_there(passage)
        parent = _parent(story, passage.parent, or_tip=False)
        quotas.may_ask(story, count)
        return [
            _ask(
                step,
                parent,
                direction=passage.direction,
                tone=story.tone or passage.tone_asked,
                key=each,
                counted=True,
            )
            for each in keys
        ]


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


def edit_passage(*, passage: Passage, text: str, was: int = 0) -> Passage:
    """A new revision; what follows stays. `was`: the revision the edit began from."""
    text = words.story_text(text)
    care = may_need_help(text)
    with change(passage.story, "edit") as step:
        _still_there(passage)
        _not_under_way(passage)
        if text == passage.text:
            return passage
        if was != (passage.revision.number if passage.revision else 0):
            sentence = _("This passage was changed somewhere else in the meantime.")
            raise Refused("conflict", sentence, text=passage.text)
        if not text.strip():
            sentence = _("An empty passage cannot be kept. Delete it instead.")
            raise Refused("empty", sentence)
        before = passage.revision or _first_revision(passage)
        last = passage.revisions.aggregate(last=Max("number"))["last"]
        after = passage.revisions.create(
            number=last + 1, author=Author.PERSON, text=text
        )
        passage.text = text
        passage.save(update_fields=["text"])
        step.set(passage, "revision_id", after.pk)
        if passage.status in (Status.INTERRUPTED, Status.FAILED):
            step.set(passage, "status", Status.FINISHED.value)
        passage.signals.create(kind=Signal.Kind.EDIT, before=before, after=after)
        if care:
            Passage.objects.filter(pk=passage.pk).update(**_marks(care))
    passage.refresh_from_db()
    return passage


def delete_passage(*, passage: Passage) -> None:
    """Hide it, and with it what follows on its branch; undo brings both back."""
    story = passage.story
    with change(story, "delete") as step:
        passage.refresh_from_db()
        if passage.deleted_at:
            return
        tree = Skeleton(story)
        siblings = tree.siblings(passage.pk)
        step.set(passage, "deleted_at", timezone.now())
        stop(Passage.objects.filter(pk=passage.pk))
        if passage.pk not in tree.up(story.tip_id):
            return
        tree.kept.discard(passage.pk)
        nearest = _nearest(siblings, passage.pk)
        if nearest:
            _lead_to(step, story.passages.get(pk=tree.end(nearest)), tree)
            return
        if passage.parent_id:
            step.set(passage.parent, "chosen_id", None)
        step.set(story, "tip_id", passage.parent_id)


def choose_passage(*, passage: Passage) -> None:
    """Let the path lead through this passage, and on as it last did from there."""
    story = passage.story
    with change(story, "choose") as step:
        tree = Skeleton(story)
        if not tree.reachable(passage.pk):
            raise Refused("gone", _("This passage was deleted."))
        shown = set(tree.up(story.tip_id))
        _lead_to(step, story.passages.get(pk=tree.end(passage.pk)), tree)
        if passage.pk in shown:
            return
        over = next((s for s in tree.siblings(passage.pk) if s in shown), None)
        if over:
            passage.signals.create(kind=Signal.Kind.CHOICE, over_id=over)


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
    _still_there(parent)
    _not_under_way(parent)
    return parent


def _still_there(passage: Passage) -> None:
    """Read it again, now that the story is locked: another tab may have deleted it."""
    passage.refresh_from_db()
    if passage.deleted_at:
        raise Refused("gone", _("This passage was deleted."))


def _not_under_way(passage: Passage) -> None:
    if passage.status in UNDER_WAY:
        sentence = _("Wait until this passage is finished, or stop it.")
        raise Refused("under_way", sentence)


def _check_tone(tone: str) -> None:
    if tone and tone not in Tone.values:
        raise Refused("bad_tone", _("There is no such tone."))


def _ask(
    step: Step,
    parent: Passage | None,
    *,
    direction: str,
    tone: str,
    key: UUID | None,
    replaces: Passage | None = None,
    counted: bool = False,
    care: bool = False,
) -> Passage:
    """A passage for the model to write, queued once this is committed."""
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
        tone_asked=tone or step.story.tone or _usual_tone(step.story),
        **_marks(care),
    )
    transaction.on_commit(lambda: _queue(passage))
    return passage


def _queue(passage: Passage) -> None:
    """Hand it to a worker. Without a broker it has failed, and may be tried again."""
    try:
        tasks.write_passage.delay(passage.pk)
    except OperationalError:
        sentence = _("Storyloom cannot write just now. Please try again soon.")
        Passage.objects.filter(pk=passage.pk, status=Status.QUEUED).update(
            status=Status.FAILED, error=sentence, finished_at=timezone.now()
        )


def _new(step: Step, parent: Passage | None, **fields: Any) -> Passage:
    fields = {"author": Author.PERSON, "finished_at": None} | fields
    if fields["author"] == Author.PERSON:
        fields["finished_at"] = timezone.now()
    number = quotas.room_for(step.story, 1)
    passage = step.story.passages.create(parent=parent, number=number, **fields)
    step.added(passage)
    return passage


def _usual_tone(story: Story) -> str:
    profile = Profile.objects.filter(person=story.owner_id).first()
    tones = [tone for tone in profile.tones if tone in Tone.values] if profile else []
    return tones[0] if tones else ""


def _lead_to(step: Step, end: Passage, tree: Skeleton | None = None) -> None:
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


def _nearest(siblings: list[int], pk: int) -> int | None:
    at = siblings.index(pk)
    others = [other for other in siblings if other != pk]
    return min(others, key=lambda o: abs(siblings.index(o) - at), default=None)


def _first_revision(passage: Passage) -> Revision:
    """What was there before any edit, kept as revision 0."""
    first, _made = passage.revisions.get_or_create(
        number=0, defaults={"author": passage.author, "text": passage.text}
    )
    return first


def _marks(care: bool) -> dict[str, bool]:
    """Help is shown beside such words, and no model ever learns from them."""
    return {"care": True, "never_train": True} if care else {}
