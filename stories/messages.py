"""What an open editor may say, checked field by field before anyone acts on it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _


class Malformed(Exception):
    """Not a message of ours. The sentence says what is wrong, and quotes nothing."""

    key: UUID | None = None  # the message's, if it has one that can be read


@dataclass(frozen=True)
class Message:
    type: str
    key: UUID | None
    fields: dict[str, Any] = field(default_factory=dict)


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise Malformed(_("words"))
    return value


def number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed(_("a number"))
    if not 0 <= value < 2**63:
        raise Malformed(_("a number in reach"))
    return value


def setting(value: Any) -> str | bool:
    return value if isinstance(value, bool) else text(value)


def yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Malformed(_("yes or no"))
    return value


def uuid(value: Any) -> UUID:
    try:
        return UUID(text(value))
    except ValueError:
        raise Malformed(_("a UUID")) from None


@dataclass(frozen=True)
class Needs:
    """The fields of one type of message: those it must have, and those it may."""

    must: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    may: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    keyed: bool = True


PASSAGE = {"passage": number}
TYPES = {
    "passage.request": Needs({"mode": text}, may={
        "text": text, "parent": number, "tone": text,
    }),
    "passage.stop": Needs(PASSAGE, keyed=False),
    "passage.retry": Needs(PASSAGE, may={
        "direction": text, "tone": text, "closer": yes_or_no,
    }),
    "passage.alternatives": Needs(PASSAGE | {"count": number}),
    "passage.turn": Needs({"turn": text}, may={"parent": number}),
    "passage.edit": Needs(PASSAGE | {"text": text, "was": number}),
    "passage.delete": Needs(PASSAGE),
    "passage.choose": Needs(PASSAGE),
    "passage.feels": Needs(PASSAGE | {"feels": text}),
    "passage.feedback": Needs(PASSAGE | {"kind": text}, may={"reason": text}),
    "story.undo": Needs(),
    "story.redo": Needs(),
    "story.set": Needs({"field": text, "value": setting}),
    "story.check": Needs(keyed=False),
}  # fmt: skip


def parse(frame: str, types: dict[str, Needs] = TYPES) -> Message:
    try:
        said = json.loads(frame)
    except (ValueError, RecursionError):
        raise Malformed(_("That message is not JSON.")) from None
    if not isinstance(said, dict) or not isinstance(said.get("type"), str):
        raise Malformed(_("A message is a JSON object with a type."))
    needs = types.get(said["type"])
    if needs is None:
        raise Malformed(_("There is no message of that type."))
    key = said.get("key")
    if key is None and needs.keyed:
        raise Malformed(_("This message needs a key."))
    key = None if key is None else _read(said, "key", uuid)
    try:
        fields = {
            name: _read(said, name, kind)
            for name, kind in (needs.must | needs.may).items()
            if name in needs.must or said.get(name) is not None
        }
    except Malformed as wrong:
        wrong.key = key
        raise
    return Message(said["type"], key, fields)


def _read(said: dict[str, Any], name: str, kind: Callable[[Any], Any]) -> Any:
    if name not in said:
        raise Malformed(_("This message needs the field “%s”.") % name)
    try:
        return kind(said[name])
    except Malformed as wanted:
        sentence = _("The field “%(name)s” must be %(wanted)s.")
        raise Malformed(sentence % {"name": name, "wanted": wanted}) from None
