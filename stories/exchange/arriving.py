"""Stories in: a file is checked wholly before anything of it is stored.

Nothing in it is believed: numbers only point inside the file, unknown fields are
refused, and text stays text (templates escape it).
"""

import json
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.arcs.shapes import arc_of
from stories.exchange import shape
from stories.exchange.shape import check, wrong
from stories.models import Author, Passage, Revision, Signal, Story
from stories.services import Refused
from stories.services.path import marks
from stories.tree import MOST
from users.safety import may_need_help

Rows = dict[int, dict[str, Any]]  # the file's passages by their numbers
BATCH = 200


def read(data: bytes) -> dict[str, Any]:
    """What an uploaded file holds."""
    if len(data) > shape.MOST_BYTES:
        raise Refused("too_large", _("That file is larger than 10 MB."))
    try:
        return json.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Refused(
            "not_json", _("That is not a story exported as JSON by Storyloom.")
        ) from None


def import_story(*, person, data: dict[str, Any]) -> Story:
    """A new story of this person, or Refused with what is wrong with the file."""
    file = check(_("The file"), data, shape.FILE)
    if file["version"] != shape.VERSION:
        raise wrong(_("This file was made by a newer Storyloom."))
    story = check(_("The story"), file["story"], shape.STORY)
    if story["arc"] is not None and arc_of(story["arc"]) is None:
        raise wrong(_("The story has an arc that makes no sense."))
    rows = _rows(file["passages"])
    for row in rows.values():
        _check_links(row, rows)
    _check_tip(story["tip"], rows)
    with transaction.atomic():
        return _store(person, story, rows)


def _rows(passages: list[Any]) -> Rows:
    if len(passages) > MOST:
        sentence = _("A story can hold %(most)d passages; this file has %(count)d.")
        raise wrong(sentence, most=MOST, count=len(passages))
    rows: Rows = {}
    for at, value in enumerate(passages, 1):
        place = _("Passage %d") % at
        row = check(place, value, shape.PASSAGE) | {"place": place}
        row |= _screened(row)
        row["revisions"] = [check(place, r, shape.REVISION) for r in row["revisions"]]
        row["signals"] = [check(place, s, shape.SIGNAL) for s in row["signals"]]
        if row["number"] in rows:
            raise wrong(_("%(place)s has a number that was used before."), place=place)
        rows[row["number"]] = row
    return rows


def _screened(row: dict[str, Any]) -> dict[str, bool]:
    """A file may bring words in danger without their marks; it takes none away."""
    typed = [row["direction"]]
    if row["author"] == Author.PERSON:
        typed.append(row["text"])
    return marks(any(may_need_help(text) for text in typed))


def _check_links(row: dict[str, Any], rows: Rows) -> None:
    place, number, parent = row["place"], row["number"], row["parent"]
    linked = [row[name] for name in ("parent", "chosen", "replaces")]
    linked += [signal["over"] for signal in row["signals"]]
    if any(other is not None and other not in rows for other in linked):
        raise wrong(_("%(place)s points to a passage that is not there."), place=place)
    if parent is not None and parent >= number:
        raise wrong(
            _("%(place)s follows itself, or one that came after it: a circle."),
            place=place,
        )
    if row["chosen"] is not None and rows[row["chosen"]]["parent"] != number:
        raise wrong(
            _("%(place)s leads to a passage that does not follow it."), place=place
        )
    at = [revision["number"] for revision in row["revisions"]]
    if len(set(at)) < len(at):
        raise wrong(_("%(place)s has two revisions of one number."), place=place)
    used = [row["revision"]]
    used += [signal[name] for signal in row["signals"] for name in ("before", "after")]
    if any(revision is not None and revision not in at for revision in used):
        raise wrong(_("%(place)s points to a revision that is not there."), place=place)


def _check_tip(tip: int | None, rows: Rows) -> None:
    while tip is not None:
        if tip not in rows or rows[tip]["deleted_at"]:
            raise wrong(_("The story ends in a passage that is not there."))
        tip = rows[tip]["parent"]


def _store(person, story_row: dict[str, Any], rows: Rows) -> Story:
    settings = {k: v for k, v in story_row.items() if k not in ("tip", "created_at")}
    story = Story.objects.create(owner=person, opened_at=timezone.now(), **settings)
    own = set(shape.PASSAGE) - {
        "parent", "chosen", "replaces", "revision", "revisions", "signals", "created_at"
    }  # fmt: skip
    made = Passage.objects.bulk_create(
        [
            Passage(story=story, **{name: row[name] for name in own})
            for row in rows.values()
        ],
        BATCH,
    )
    passages = dict(zip(rows, made, strict=True))
    revisions = _store_revisions(rows, passages)
    for number, row in rows.items():
        passage = passages[number]
        for name in ("parent", "chosen", "replaces"):
            setattr(passage, name, passages.get(row[name]))
        passage.revision = revisions.get((number, row["revision"]))
        passage.created_at = row["created_at"] or passage.created_at
    links = ["parent", "chosen", "replaces", "revision", "created_at"]
    Passage.objects.bulk_update(made, links, BATCH)
    _store_signals(rows, passages, revisions)
    story.tip = passages.get(story_row["tip"])
    story.created_at = story_row["created_at"] or story.created_at
    story.save(update_fields=["tip", "created_at"])
    return story


def _store_revisions(
    rows: Rows, passages: dict[int, Passage]
) -> dict[tuple[int, int | None], Revision]:
    made = {
        (number, row["number"]): Revision(
            passage=passages[number],
            number=row["number"],
            author=row["author"],
            text=row["text"],
        )
        for number, passage in rows.items()
        for row in passage["revisions"]
    }
    times = [r["created_at"] for p in rows.values() for r in p["revisions"]]
    _store_with_times(Revision, list(made.values()), times)
    return made


def _store_signals(rows: Rows, passages, revisions) -> None:
    made, times = [], []
    for number, passage in rows.items():
        for row in passage["signals"]:
            signal = Signal(
                passage=passages[number],
                kind=row["kind"],
                over=passages.get(row["over"]),
                before=revisions.get((number, row["before"])),
                after=revisions.get((number, row["after"])),
                reason=row["reason"],
            )
            made.append(signal)
            times.append(row["created_at"])
    _store_with_times(Signal, made, times)


def _store_with_times(model, made: list, times: list) -> None:
    """`created_at` sets itself when a row is made, so it is put right afterwards."""
    model.objects.bulk_create(made, BATCH)
    dated = [(row, time) for row, time in zip(made, times, strict=True) if time]
    for row, time in dated:
        row.created_at = time
    model.objects.bulk_update([row for row, _time in dated], ["created_at"], BATCH)
