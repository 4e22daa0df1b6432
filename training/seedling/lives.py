"""Experiences: noted down by a person as "I", told in a story about anyone.

The same sentence has to be recognised in both directions. Both rules decline where
the grammar is unsure: a sentence left out costs less than one told wrongly.
"""

import re

from training.seedling.person import PAST, capitalised, narration_as_i

LEAD = re.compile(
    r"^(?:(?:But|And|So|Then|One day|One morning|One night|Suddenly|At last|Soon|"
    r"The next day|That night|Later),? )+",
)
OWN = {  # teller: subject, object, possessive, standing alone, self
    "she": ("she", "her", "her", "hers", "herself"),
    "he": ("he", "him", "his", "his", "himself"),
    "they": ("they", "them", "their", "theirs", "themselves"),
}
US = {"we": "they", "us": "them", "our": "their", "ours": "theirs"}
PRESENT = re.compile(
    r"\bI (?:am|have|do|don't|can|can't|will|know|think|want|shall|may|say|see|feel|"
    r"remember|suppose|believe|mean|hope|like|love|need|confess|fear|find|take)\b|"
    r"\bI'(?:m|ve|ll)\b|\bwe (?:are|have|do|will)\b|\bwe're\b|\bam\b",
    re.IGNORECASE,
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


def told_of(line: str, teller: str, hero: str | None = None) -> str | None:
    """An experience noted as "I", told of somebody; None where grammar is unsure.

    `hero` takes the place of the first "I", or owns the first "my".
    """
    if PRESENT.search(line) or "you" in line.lower().split():
        return None
    if teller == "I":
        return line
    subject, object_, possessive, alone, self_ = OWN[teller]
    words = {"i": subject, "me": object_, "my": possessive, "mine": alone}
    words |= {"myself": self_, "ourselves": "themselves", **US}
    if teller == "they":
        line = re.sub(r"\bI was\b", "I were", line)
    first = True

    def said(match: re.Match[str]) -> str:
        nonlocal first
        word = match.group(0).lower()
        if hero and first and word in ("i", "my"):
            first = False
            return hero if word == "i" else f"{hero}'s"
        first = False if word in ("i", "my", "we") else first
        return words[word]

    told = re.sub(rf"\b(?:{'|'.join(words)})\b", said, line, flags=re.IGNORECASE)
    told = told[:1].upper() + told[1:]
    return capitalised(re.sub(r"(?<=[.!?] )[a-z]", lambda m: m[0].upper(), told))


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
