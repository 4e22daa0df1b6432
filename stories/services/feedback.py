"""Thumbs. Choices, edits and retries leave their signals where they happen."""

from django.db import transaction
from django.utils.translation import gettext as _

from stories.arcs.targets import FEELS
from stories.models import Author, Passage, Signal
from stories.services import words
from stories.services.history import announce, lock
from stories.services.refused import Refused
from stories.services.regret import reconsider

THUMBS = {"up": Signal.Kind.UP, "down": Signal.Kind.DOWN}


def give_feedback(*, passage: Passage, kind: str, reason: str = "") -> None:
    """One thumb a passage: "up", "down", or "none" to take it back."""
    if kind not in {*THUMBS, "none"}:
        raise Refused("bad_kind", _("A thumb is up, down or none."))
    reason = words.reason(reason)
    with transaction.atomic():
        lock(passage.story)
        passage.signals.filter(kind__in=THUMBS.values()).delete()
        if kind != "none":
            passage.signals.create(kind=THUMBS[kind], reason=reason)
        if kind == "down":
            reconsider(passage=passage)
        announce(passage.story)


def say_how_it_feels(*, passage: Passage, feels: str) -> None:
    """How the tone of a passage is for this person; "none" takes it back.

    The guide learns from it to hear as they do; the signal is kept for their model.
    """
    if feels not in {*FEELS, "none"}:
        raise Refused("bad_feeling", _("That is no word for how it feels."))
    if passage.author != Author.MODEL:
        raise Refused("own", _("Only what Storyloom wrote is judged."))
    with transaction.atomic():
        lock(passage.story)
        passage.signals.filter(kind=Signal.Kind.FEELS).delete()
        if feels != "none":
            passage.signals.create(kind=Signal.Kind.FEELS, reason=feels)
        announce(passage.story)
