"""What people type, made storable and kept within limits."""

import re

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from stories.services.refused import Refused

DIRECTION_CHARACTERS = 2000
REASON_CHARACTERS = 500

#: Characters that no database takes: NUL, and halves of surrogate pairs.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """One kind of line end, nothing unstorable, at most one blank at the end.

    That blank says that a half sentence goes on with a new word.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = UNSTORABLE.sub("", text)
    whole = text.rstrip()
    return f"{whole} " if whole and text[-1] == " " else whole


def story_text(text: str, limit: int = 0) -> str:
    text = clean(text)
    _at_most(text, limit or settings.PASSAGE_CHARACTERS, _("A passage"))
    return text


def direction(text: str) -> str:
    text = clean(text).strip()
    _at_most(text, DIRECTION_CHARACTERS, _("A direction"))
    return text


def reason(text: str) -> str:
    text = clean(text).strip()
    _at_most(text, REASON_CHARACTERS, _("A reason"))
    return text


def _at_most(text: str, limit: int, what: str) -> None:
    if len(text) > limit:
        sentence = _("%(what)s can hold %(limit)s characters; this has %(length)s.") % {
            "what": what,
            "limit": number_format(limit, force_grouping=True),
            "length": number_format(len(text), force_grouping=True),
        }
        raise Refused("too_long", sentence)
