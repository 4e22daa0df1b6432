"""What a passage's tone is said to be: asked, read, met or missed. In words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stories.arcs.tones import label
from stories.models import Passage

FEELINGS = [
    ("right", gettext_lazy("just right")),
    ("too_sad", gettext_lazy("too sad")),
    ("too_happy", gettext_lazy("too happy")),
    ("too_tense", gettext_lazy("too restless")),
    ("too_flat", gettext_lazy("too calm")),
]
#: A reading that is right less often than this is told with doubt.
SURE = 0.4
LAYERS = {
    "candidates": gettext_lazy("a choice among several"),
    "contrast": gettext_lazy("a push away from the opposite"),
    "retry": gettext_lazy("a second try"),
}


@dataclass(frozen=True)
class Badge:
    sentence: str
    met: bool
    missed: bool
    #: The label of the button that tries again; empty where there is nothing to try.
    closer: str
    avoided: bool
    how: str
    feelings: list
    #: How the person said it feels, in words.
    feels: str


def badge(passage: Passage) -> Badge:
    outcome = passage.tone_outcome or {}
    met = outcome.get("met")
    if (passage.tone_target or {}).get("source") == "turn":
        met = None  # an option among others promises nothing
    return Badge(
        sentence=sentence(passage, met),
        met=met is True,
        missed=met is False,
        closer=closer(passage) if met is False else "",
        avoided="avoided" in outcome.get("faults", []),
        how=how(outcome),
        feelings=FEELINGS,
        feels=str(dict(FEELINGS).get(getattr(passage, "feels", ""), "")),
    )


def sentence(passage: Passage, met: bool | None) -> str:
    target, read = passage.tone_target, passage.tone_measured
    if not target:
        return _("reads %(read)s") % {"read": heard(read)} if read else ""
    asked = label(target["tone"])
    if not read:
        return _("asked %(asked)s; this text could not be measured") % {"asked": asked}
    words = {"asked": asked, "read": heard(read)}
    if target.get("source") == "turn":
        return _("reads %(read)s") % words
    if target.get("source") == "arc":
        return from_plan(met, read["valence"], target.get("planned", 0.0)) % words
    if met:
        return _("reads %(read)s, as asked") % words
    return _("asked %(asked)s, reads %(read)s") % words


def heard(read: dict) -> str:
    """The tone that was read, with a word of doubt where the guide has some."""
    tone = label(read["tone"])
    if read.get("confidence", 1.0) >= SURE:
        return tone
    return _("perhaps %(tone)s") % {"tone": tone}


def from_plan(met: bool, found: float, planned: float) -> str:
    if met:
        return _("as the arc has it; reads %(read)s")
    if found > planned:
        return _("brighter than the arc has it; reads %(read)s")
    return _("darker than the arc has it; reads %(read)s")


def closer(passage: Passage) -> str:
    target = passage.tone_target or {}
    if target.get("source") == "arc":
        return _("Closer to the arc")
    return _("Closer to %(tone)s") % {"tone": label(target["tone"])} if target else ""


def how(outcome: dict) -> str:
    """By which means, so that nobody has to guess what was tried."""
    used = [str(LAYERS[name]) for name in outcome.get("layers", []) if name in LAYERS]
    if not used:
        return _("Written in one go.")
    count = outcome.get("candidates", 1)
    drawn = ngettext(
        "%(count)d candidate a sentence", "%(count)d candidates a sentence", count
    )
    return _("Written with %(means)s (%(drawn)s).") % {
        "means": ", ".join(used),
        "drawn": drawn % {"count": count},
    }
