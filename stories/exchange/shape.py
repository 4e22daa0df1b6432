"""What a story file looks like, and the checks it must pass field by field."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _

from stories.models import (
    Author,
    Creativity,
    Form,
    Length,
    Level,
    Mode,
    Signal,
    Status,
    Strength,
    Teller,
    TurningPoint,
)
from stories.services import Refused
from stories.services.words import UNSTORABLE
from stories.tree import MOST

FORMAT, VERSION = "storyloom-story", 1
MOST_BYTES = 10 * 1024 * 1024
LARGEST_NUMBER = 2**31 - 1
LARGEST_FACT = 2**63
MOST_REVISIONS = 1000

_MISSING = object()


@dataclass(frozen=True)
class Field:
    """One field: what kind of value, how long (a number: how large) or which ones,
    and what if it lacks.
    """

    kind: type
    most: int = 0
    among: tuple[str, ...] = ()
    default: Any = _MISSING


def _text(most: int, default: Any = "") -> Field:
    return Field(str, most=most, default=default)


def _one_of(values, default: Any = _MISSING) -> Field:
    return Field(str, among=tuple(values), default=default)


_NUMBER = Field(int, default=None)
_WHEN = Field(datetime, default=None)
_FACTS = Field(dict, most=40, default=None)

FILE = {
    "format": _one_of([FORMAT]),
    "version": Field(int),
    "story": Field(dict, most=40),
    "passages": Field(list, most=100_000),
}
STORY = {
    "title": _text(200),
    "form": _one_of(Form.values, Form.STORY.value),
    "teller": _one_of(["", *Teller.values], ""),
    "level": _one_of(["", *Level.values], ""),
    "tone": _text(20),
    "strength": _one_of(Strength.values, Strength.CLEAR.value),
    "genre": _text(40),
    "genre_strength": _one_of(Strength.values, Strength.CLEAR.value),
    "arc": _FACTS,
    "note": _text(1000),
    "length": _one_of(Length.values, Length.MEDIUM.value),
    "creativity": _one_of(Creativity.values, Creativity.BALANCED.value),
    "show_authors": Field(bool, default=True),
    "created_at": _WHEN,
    "tip": _NUMBER,
}
PASSAGE = {
    "number": Field(int, most=MOST),
    "parent": _NUMBER,
    "chosen": _NUMBER,
    "replaces": _NUMBER,
    "author": _one_of(Author.values),
    "mode": _one_of(Mode.values),
    "direction": _text(2000),
    "text": _text(100_000, _MISSING),
    "revision": _NUMBER,
    "status": _one_of(
        [s.value for s in Status if s not in (Status.QUEUED, Status.WRITING)],
        Status.FINISHED.value,
    ),
    "error": _text(300),
    "tone_asked": _text(20),
    "tone_measured": _FACTS,
    "tone_target": _FACTS,
    "tone_outcome": _FACTS,
    "turn": _one_of(["", *TurningPoint.values], ""),
    "model": _text(200),
    "adapter": _text(200),
    "genre": _text(50),
    "seed": Field(int, default=None),
    "sampling": _FACTS,
    "tokens": Field(int, default=0),
    "care": Field(bool, default=False),
    "never_train": Field(bool, default=False),
    "created_at": _WHEN,
    "deleted_at": _WHEN,
    "revisions": Field(list, most=MOST_REVISIONS, default=()),
    "signals": Field(list, most=1000, default=()),
}
REVISION = {
    "number": Field(int, most=100 * MOST_REVISIONS),  # room for those to come
    "author": _one_of(Author.values),
    "text": _text(100_000, _MISSING),
    "created_at": _WHEN,
}
SIGNAL = {
    "kind": _one_of(Signal.Kind.values),
    "over": _NUMBER,
    "before": _NUMBER,
    "after": _NUMBER,
    "reason": _text(500),
    "created_at": _WHEN,
}


def wrong(sentence: str, **facts: Any) -> Refused:
    return Refused("bad_file", sentence % facts)


def check(place: str, value: Any, fields: dict[str, Field]) -> dict[str, Any]:
    """The value with every field checked and defaults filled in, or Refused."""
    if not isinstance(value, dict):
        raise wrong(_("%(place)s is not an object with fields."), place=place)
    if unknown := value.keys() - fields.keys():
        name = UNSTORABLE.sub("", min(unknown))[:40]
        raise wrong(
            _("%(place)s has the field “%(name)s”, which is not one of ours."),
            place=place,
            name=name,
        )
    return {
        name: _checked(place, name, value.get(name, _MISSING), field)
        for name, field in fields.items()
    }


def _checked(place: str, name: str, value: Any, field: Field) -> Any:
    facts = {"place": place, "name": name, "most": field.most}
    if value is _MISSING or (value is None and field.default is None):
        if field.default is _MISSING:
            raise wrong(_("%(place)s lacks the field “%(name)s”."), **facts)
        return field.default
    if field.kind is datetime:
        return _time(value, facts)
    if type(value) is not field.kind:
        raise wrong(_("%(place)s: “%(name)s” is of the wrong kind."), **facts)
    if isinstance(value, str):
        value = UNSTORABLE.sub("", value)
    if field.among and value not in field.among:
        raise wrong(_("%(place)s: “%(name)s” has a value we do not know."), **facts)
    if field.kind is int:
        if not 0 <= value <= (field.most or LARGEST_NUMBER):
            raise wrong(_("%(place)s: “%(name)s” is not a number in reach."), **facts)
    elif field.most and len(value) > field.most:
        raise wrong(_("%(place)s: “%(name)s” is too long (%(most)d at most)."), **facts)
    if field.kind is dict and field is _FACTS and not _flat(value):
        raise wrong(_("%(place)s: “%(name)s” is of the wrong kind."), **facts)
    return value


def _time(value: Any, facts: dict[str, Any]) -> datetime:
    try:
        time = parse_datetime(value)
        if time is not None and is_aware(time):
            return time.astimezone(UTC)  # at the ends of all times this overflows
    except (TypeError, ValueError, OverflowError):
        pass
    raise wrong(_("%(place)s: “%(name)s” is not a time."), **facts)


def _flat(value: dict) -> bool:
    """Plain facts: short texts and numbers, or short lists of them."""

    def plain(item: Any) -> bool:
        if isinstance(item, list):
            return len(item) <= 20 and all(map(plain, item))
        if isinstance(item, str):
            return len(item) <= 200 and not UNSTORABLE.search(item)
        if isinstance(item, int | float):
            return abs(item) <= LARGEST_FACT  # which NaN and infinity are not
        return item is None

    try:
        return all(plain(item) for pair in value.items() for item in pair)
    except RecursionError:
        return False
