"""An experience that a person noted down as "I", told of whoever tells the story.

The header gives it in the teller's own person: a model then tells it in the header's
words, and a small one need not turn every "my" into "her" by itself.
"""

import re

PRONOUNS = {  # teller: subject, object, possessive, standing alone, self
    "she": ("she", "her", "her", "hers", "herself"),
    "he": ("he", "him", "his", "his", "himself"),
    "they": ("they", "them", "their", "theirs", "themselves"),
}
US = {"we": "they", "us": "them", "our": "their", "ours": "theirs"}
SPOKEN_TO = re.compile(r"\byou(?:rs?|'\w+)?\b", re.IGNORECASE)
PRESENT = re.compile(
    r"\bI (?:am|have|do|don't|can|can't|will|know|think|want|shall|may|say|see|feel|"
    r"remember|suppose|believe|mean|hope|like|love|need|confess|fear|find|take)\b|"
    r"\bI'(?:m|ve|ll)\b|\bwe (?:are|have|do|will)\b|\bwe're\b|\bam\b",
    re.IGNORECASE,
)


def told_of(line: str, teller: str, hero: str | None = None) -> str | None:
    """The experience `line` told of `teller` ("I", "she", "he" or "they").

    `hero` takes the place of the first "I", or owns the first "my". None where the
    grammar is unsure, in the present tense or where somebody is spoken to: a sentence
    left as it is costs less than one told wrongly.
    """
    if PRESENT.search(line) or SPOKEN_TO.search(line):
        return None
    if teller not in PRONOUNS:
        return line
    subject, object_, possessive, alone, self_ = PRONOUNS[teller]
    words = {"i": subject, "me": object_, "my": possessive, "mine": alone}
    words |= {"myself": self_, "ourselves": "themselves", **US}
    if teller == "they":
        line = re.sub(r"\bI was(n't)?\b", r"I were\1", line)
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
    return re.sub(r"(?:^|(?<=[.!?] ))[^\W\d_]", lambda m: m[0].upper(), told)
