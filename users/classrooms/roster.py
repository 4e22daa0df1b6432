"""A class list from a CSV file: read, shown as it would change the class, then done.

The file is read twice the same way: importing it again changes nothing.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from users.classrooms import services, words
from users.classrooms.models import Classroom, Level, Pronoun, Pupil, Support

MOST_BYTES = 256 * 1024
MOST_ROWS = 200
COLUMNS = {
    "nickname": ("nickname", "name", "pupil", "student", "昵称", "姓名", "名字"),
    "level": ("level", "reading level", "级别", "水平"),
    "pronoun": ("pronoun", "pronouns", "代词"),
    "interests": ("interests", "interest", "likes", "兴趣", "爱好"),
    "support": ("support", "language support", "支持"),
    "practise": ("practise", "practice", "words", "words to practise", "生词"),
}


@dataclass
class Row:
    """One line of the file, and what it would do."""

    line: int
    nickname: str
    does: str  # "add", "change", "same" or "wrong"
    profile: dict[str, Any] = field(default_factory=dict)
    why: str = ""


@dataclass
class Plan:
    rows: list[Row]

    def count(self, does: str) -> int:
        return sum(row.does == does for row in self.rows)

    @property
    def wrong(self) -> list[Row]:
        return [row for row in self.rows if row.does == "wrong"]


def read(*, classroom: Classroom, data: bytes) -> Plan:
    """What the file would do; nothing is changed yet."""
    if len(data) > MOST_BYTES:
        raise ValidationError(_("A class list has at most 256 KB."))
    lines = list(records(text_of(data)))
    if len(lines) > MOST_ROWS:
        raise ValidationError(
            _("This list has %(rows)d rows; a class list has at most %(most)d.")
            % {"rows": len(lines), "most": MOST_ROWS}
        )
    if not lines:
        raise ValidationError(_("There is nobody in this list."))
    there = {pupil.nickname_key: pupil for pupil in classroom.pupils.all()}
    room = services.MOST_PUPILS - len(there)
    seen: dict[str, int] = {}
    rows = []
    for line, record in lines:
        row = plan_of(line, record, there, seen)
        if row.does == "add":
            room -= 1
            if room < 0:
                row.does, row.why = "wrong", _("The class is full.")
        rows.append(row)
    return Plan(rows)


def text_of(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with one, or GBK."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValidationError(
        _("This is not a CSV file that can be read. Save it as UTF-8.")
    )


def records(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        dialect: Any = csv.Sniffer().sniff(text[:4096], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    table = csv.reader(io.StringIO(text), dialect)
    try:
        names = columns_of(next(table, []))
        for cells in table:
            if any(cell.strip() for cell in cells):
                yield table.line_num, dict(zip(names, cells, strict=False))
    except csv.Error as error:
        raise ValidationError(
            _("Line %(line)d cannot be read as CSV.") % {"line": table.line_num}
        ) from error


def columns_of(header: list[str]) -> list[str]:
    """Our names for the columns; those we do not know are left alone."""
    names = []
    for cell in header:
        said = words.one_line(cell).casefold()
        known = [name for name, also in COLUMNS.items() if said in also]
        names.append(known[0] if known else f"?{said}")
    if "nickname" not in names:
        raise ValidationError(
            _("The first line must name the columns, one of them “nickname”.")
        )
    if doubled := {name for name in names if names.count(name) > 1 and name[0] != "?"}:
        raise ValidationError(
            _("The column “%(name)s” is there twice.") % {"name": min(doubled)}
        )
    return names


def plan_of(
    line: int, record: dict[str, str], there: dict[str, Pupil], seen: dict[str, int]
) -> Row:
    shown = words.one_line(record.get("nickname", ""))[: words.LONGEST_NAME]
    try:
        name = words.nickname(record.get("nickname", ""))
        profile = details_of(record)
    except ValidationError as refusal:
        return Row(line, shown, "wrong", why=" ".join(refusal.messages))
    key = words.key_of(name)
    if key in seen:
        why = _("The same nickname as in line %(line)d.") % {"line": seen[key]}
        return Row(line, shown, "wrong", why=why)
    seen[key] = line
    if key not in there:
        return Row(line, name, "add", profile)
    pupil = there[key]
    now = {field: getattr(pupil, field) for field in profile}
    same = now == profile and pupil.nickname == name
    return Row(line, name, "same" if same else "change", profile)


def details_of(record: dict[str, str]) -> dict[str, Any]:
    """What the row says; an empty cell says nothing."""
    profile: dict[str, Any] = {}
    if level := words.one_line(record.get("level", "")).casefold():
        if level not in Level.values:
            known = ", ".join(Level.values)
            raise ValidationError(
                _("The level is one of: %(known)s.") % {"known": known}
            )
        profile["level"] = level
    if pronoun := words.one_line(record.get("pronoun", "")).casefold():
        if pronoun not in Pronoun.values:
            known = ", ".join(Pronoun.values)
            raise ValidationError(
                _("The pronoun is one of: %(known)s.") % {"known": known}
            )
        profile["pronoun"] = pronoun
    if support := words.one_line(record.get("support", "")).casefold():
        if support not in Support.values:
            known = ", ".join(filter(None, Support.values))
            raise ValidationError(
                _("The support is one of: %(known)s.") % {"known": known}
            )
        profile["support"] = support
    if interests := words.interests(record.get("interests", "")):
        profile["interests"] = interests
    if practise := words.to_practise(record.get("practise", "")):
        profile["practise"] = practise
    return profile


def as_data(plan: Plan) -> list[list]:
    """For the page that asks "shall I?": what its button will do, and no more."""
    return [
        [row.nickname, row.profile]
        for row in plan.rows
        if row.does in ("add", "change")
    ]


@transaction.atomic
def bring(*, classroom: Classroom, data: list[list]) -> tuple[int, int]:
    """Do what was shown. Whoever came or went meanwhile is met as they are now."""
    added = changed = 0
    there = {pupil.nickname_key: pupil for pupil in classroom.pupils.all()}
    for name, profile in data:
        if pupil := there.get(words.key_of(name)):
            now = {
                field: getattr(pupil, field)
                for field in ("level", "pronoun", "interests", "support", "practise")
            }
            services.change_pupil(pupil=pupil, nickname=name, **now | profile)
            changed += 1
        else:
            services.add_pupil(classroom=classroom, nickname=name, **profile)
            added += 1
    return added, changed
