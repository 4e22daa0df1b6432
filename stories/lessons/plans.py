"""What a teacher plans, checked before anything is made."""

import re
from typing import Any

from django.utils.translation import gettext as _

from stories.lessons import words
from stories.lessons.models import Kind
from stories.services.refused import Refused
from users.classrooms.words import one_line

MOST_FACTS = 6
LONGEST_FACT = 200
LONGEST_GOAL = 500
LONGEST_MEANING = 160
_A_WORD = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+){0,2}")


def goal(text: str) -> str:
    text = one_line(text)
    if not text:
        raise Refused("goal", _("Say what the story is to teach."))
    if len(text) > LONGEST_GOAL:
        raise Refused(
            "goal",
            _("A goal has at most %(most)d characters; this has %(has)d.")
            % {"most": LONGEST_GOAL, "has": len(text)},
        )
    return text


def facts(lines: str) -> list[str]:
    """One a line. They are quoted as they are, so nothing is changed in them."""
    given = [line.strip() for line in lines.splitlines() if line.strip()]
    if len(given) > MOST_FACTS:
        raise Refused("facts", _("At most %(most)d facts.") % {"most": MOST_FACTS})
    for fact in given:
        if len(fact) > LONGEST_FACT:
            raise Refused(
                "facts",
                _("A fact is one sentence of at most %(most)d characters.")
                % {"most": LONGEST_FACT},
            )
    return list(dict.fromkeys(given))


def target_words(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    kept: dict[str, dict[str, Any]] = {}
    for row in rows:
        word = one_line(row.get("word", ""))
        if not word:
            continue
        if len(word) > words.LONGEST or not _A_WORD.fullmatch(word):
            raise Refused(
                "words",
                _("A target word is one to three words of letters, at most %(most)d "
                  "characters.") % {"most": words.LONGEST},
            )  # fmt: skip
        kind = row.get("kind") or words.guess_kind(word)
        if kind not in Kind.values:
            raise Refused("words", _("Say how the word is used."))
        meaning = one_line(row.get("meaning", ""))
        if len(meaning) > LONGEST_MEANING:
            raise Refused(
                "words",
                _("A meaning has at most %(most)d characters.")
                % {"most": LONGEST_MEANING},
            )
        lower = word if word.isupper() else word[0].lower() + word[1:]
        kept.setdefault(
            word.casefold(), {"word": lower, "kind": kind, "meaning": meaning}
        )
    if len(kept) > words.MOST_WORDS:
        raise Refused(
            "words", _("At most %(most)d target words.") % {"most": words.MOST_WORDS}
        )
    return list(kept.values())
