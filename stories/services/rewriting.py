"""Changing what is there: edit, delete, choose another branch."""

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.models import Author, Passage, Revision, Signal, Status
from stories.services import words
from stories.services.history import change, stop
from stories.services.path import lead_to, marks, not_under_way, still_there
from stories.services.refused import Refused
from stories.services.regret import reconsider
from stories.services.rules import rules_of
from stories.tree import Skeleton
from users.safety import may_need_help


def edit_passage(*, passage: Passage, text: str, was: int = 0) -> Passage:
    """A new revision; what follows stays. `was`: the revision the edit began from."""
    rules = rules_of(passage.story)
    text = words.story_text(text, rules.characters)
    care = may_need_help(text)
    with change(passage.story, "edit") as step:
        rules.may_write(passage.story)
        still_there(passage)
        not_under_way(passage)
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
        if passage.author == Author.MODEL:
            reconsider(passage=passage)
        if care:
            Passage.objects.filter(pk=passage.pk).update(**marks(care))
            rules.worry(passage.story)
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
            lead_to(step, story.passages.get(pk=tree.end(nearest)), tree)
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
        lead_to(step, story.passages.get(pk=tree.end(passage.pk)), tree)
        if passage.pk in shown:
            return
        over = next((s for s in tree.siblings(passage.pk) if s in shown), None)
        if over:
            passage.signals.create(kind=Signal.Kind.CHOICE, over_id=over)


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
