"""What is typed about a pupil, made small and harmless before anything reads it.

Interests end up in a prompt. They are data there: a few words, no line of their own,
none of the signs that a header or a template gives a meaning.
"""

import re
import unicodedata
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST_NAME = 30
LONGEST_INTEREST = 40
MOST_WORDS = 5  # of one interest
MOST_INTERESTS = 8
MOST_TO_PRACTISE = 20
LONGEST_TO_PRACTISE = 30

_NOT_A_NAME = re.compile(r"[^\w .'’-]|_")
_NOT_AN_INTEREST = re.compile(r"[^\w '’&-]|_")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def one_line(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = "".join(" " if c.isspace() else c for c in text if is_shown(c))
    return " ".join(text.split())


def is_shown(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) not in (
        "Cc", "Cf", "Cs", "Co", "Cn",
    )  # fmt: skip


def key_of(nickname: str) -> str:
    """Two nicknames with one key are one nickname."""
    plain = unicodedata.normalize("NFKD", one_line(nickname).casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))[:60]


def nickname(text: str) -> str:
    name = one_line(text)
    if not name:
        raise ValidationError(_("A nickname is missing."))
    if text.strip().startswith(FORMULA):
        raise ValidationError(_("A nickname cannot begin like a formula."))
    if len(name) > LONGEST_NAME:
        raise ValidationError(
            _("A nickname has at most %(most)d characters.") % {"most": LONGEST_NAME}
        )
    if _NOT_A_NAME.search(name) or not any(c.isalpha() for c in name):
        raise ValidationError(_("A nickname is made of letters and numbers."))
    return name


def several(lines: str | Iterable[str]) -> list[str]:
    """Commas, semicolons or lines between them; each once."""
    if isinstance(lines, str):
        lines = re.split(r"[,;\n、，；]", lines)
    return list(dict.fromkeys(filter(None, map(one_line, lines))))


def interests(lines: str | Iterable[str]) -> list[str]:
    given = several(lines)
    if len(given) > MOST_INTERESTS:
        raise ValidationError(
            _("At most %(most)d interests.") % {"most": MOST_INTERESTS}
        )
    for interest in given:
        if (
            len(interest) > LONGEST_INTEREST
            or len(interest.split()) > MOST_WORDS
            or _NOT_AN_INTEREST.search(interest)
        ):
            raise ValidationError(
                _("An interest is one to %(most)d words, such as “old trains”.")
                % {"most": MOST_WORDS}
            )
    return given


def to_practise(lines: str | Iterable[str]) -> list[str]:
    given = several(lines)
    if len(given) > MOST_TO_PRACTISE or any(
        len(word) > LONGEST_TO_PRACTISE or _NOT_AN_INTEREST.search(word)
        for word in given
    ):
        raise ValidationError(
            _("At most %(most)d words to practise, each a word or two.")
            % {"most": MOST_TO_PRACTISE}
        )
    return given


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
