"""Words that a teacher should see before a child does. A list decides, English only."""

import re
from functools import cache
from pathlib import Path

from users.safety.screen import _plain

_LIST = Path(__file__).with_name("unsuitable_en.txt")


@cache
def _pattern() -> re.Pattern[str]:
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    entries = [line.strip() for line in lines if line.strip() and line[0] != "#"]
    forms = [
        re.escape(entry.rstrip("*")) + (r"\w*" if entry.endswith("*") else "")
        for entry in entries
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)")


def first_unsuitable(text: str) -> str:
    """The first word of the list in the text, or nothing."""
    found = _pattern().search(_plain(text))
    return found[0] if found else ""
