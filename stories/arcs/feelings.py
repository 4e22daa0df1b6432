"""What a person says of a passage's feeling, chosen from a list or in their words."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stories.arcs.badge import FEELINGS
from stories.arcs.tones import CLOSER, label
from stories.models import Passage, Signal

RIGHT = "right"
#: The reason offered for a thumb down that is about the feeling.
WRONG = gettext_lazy("the feeling is wrong")


def feeling_in(reason: str) -> str:
    """The feeling that a reason names ("much too sad for her"), or an empty word."""
    said = " ".join(reason.casefold().split())
    for name, words in FEELINGS:
        named = re.search(rf"(?<!not )\b{re.escape(str(words).casefold())}\b", said)
        if named and name != RIGHT:
            return name
    return ""


def trouble(signals: Sequence[Signal]) -> str:
    """What is wrong with the feeling of a passage, in words; empty if nothing is."""
    for signal in signals:
        if signal.kind == Signal.Kind.FEELS and signal.reason != RIGHT:
            return str(dict(FEELINGS).get(signal.reason, ""))
    for signal in signals:
        if signal.kind == Signal.Kind.DOWN and (
            feeling_in(signal.reason) or str(WRONG) in signal.reason.casefold()
        ):
            return signal.reason
    return ""


def came_closer(retry: Passage) -> str:
    """ "closer to wistful", if a passage was asked for as that."""
    target = retry.tone_target or {}
    if target.get("strength") != CLOSER:
        return ""
    if target.get("source") == "arc":
        return _("closer to the arc")
    return _("closer to %(tone)s") % {"tone": label(target["tone"])}
