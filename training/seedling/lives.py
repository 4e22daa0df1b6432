"""Experiences as a person notes them down, as "I": found in stories of anyone.

The rules decline where the grammar is unsure: a sentence left out costs less than one
noted wrongly. `training.engine.teller` is the other direction.
"""

import re

from training.engine.teller import PAST, PRESENT
from training.seedling.person import narration_as_i

LEAD = re.compile(
    r"^(?:(?:But|And|So|Then|One day|One morning|One night|Suddenly|At last|Soon|"
    r"The next day|That night|Later),? )+",
)


def noted_as_i(sentence: str, people: list[str], teller: str | None) -> str | None:
    """A sentence of a story as its teller would note it down, or None."""
    sentence = LEAD.sub("", sentence)
    sentence = sentence[:1].upper() + sentence[1:]
    if not 6 <= len(sentence.split()) <= 20 or '"' in sentence or "?" in sentence:
        return None
    if teller == "I":
        return sentence if re.match(r"(?:I|My|We)\b", sentence) else None
    subject = re.match(r"([^\W\d_]+) ", sentence)
    if not subject:
        return None
    hero = people[0] if people else "She"
    if teller == "they" and subject[1] == "They":
        return they_as_we(sentence)
    if teller in ("he", "she") and subject[1] in (hero, "He", "She"):
        told = narration_as_i(sentence, hero, teller)
        if told and re.match(r"I [a-z]", told):
            return told
    return None


def they_as_we(sentence: str) -> str:
    ours = {"they": "we", "them": "us", "their": "our", "theirs": "ours"}
    ours["themselves"] = "ourselves"

    def said(match: re.Match[str]) -> str:
        word = ours[match.group(0).lower()]
        return word.capitalize() if match.group(0)[0].isupper() else word

    return re.sub(rf"\b(?:{'|'.join(ours)})\b", said, sentence, flags=re.IGNORECASE)


def is_experience(sentence: str) -> bool:
    """May this sentence of a book stand as something a person lived through?"""
    words = sentence.split()
    if not 8 <= len(words) <= 20 or re.search(r'["?;:()\[\]*_-]', sentence):
        return False
    start = re.match(
        r"(?:I|We|My [a-z]+|[A-Z][a-z]+ [^.]*, (?:I|we)) ([a-z']+)", sentence
    )
    if not start or PRESENT.search(sentence):
        return False
    if re.search(r"(?<!^)\b(?!I\b)[A-Z]", sentence[1:]):
        return False  # a name that nobody would explain
    verb = start.group(1)
    return verb in PAST or verb.endswith("ed")
