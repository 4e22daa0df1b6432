"""Where to find a person to talk to. Read from a file, so no network is needed."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_DATA = Path(__file__).with_name("help.json")


@dataclass(frozen=True)
class Line:
    """One way to reach help: whom, where it works, and how."""

    country: str  # ISO 3166 code, or "" for anywhere
    place: str
    name: str
    contact: str
    url: str
    checked: date  # when its number was last read on a page about it


@cache
def _all() -> tuple[Line, ...]:
    rows = json.loads(_DATA.read_text(encoding="utf-8"))
    return tuple(
        Line(**row | {"checked": date.fromisoformat(row["checked"])}) for row in rows
    )


def lines(country: str = "") -> list[Line]:
    """All ways to reach help, those of the country first."""
    return sorted(_all(), key=lambda line: line.country != country.upper())
