"""A target word in its forms, and the sentences that hold it."""

import re
from functools import cache

from stories.lessons.sentences import words_of
from stories.lessons.values import Word

#: In so many different sentences each target word must stand.
TIMES = 3
MOST_WORDS = 4
LONGEST = 30
#: A sentence shorter than this shows nothing of how a word is used.
SHORTEST_SENTENCE = 4

_STUFF = re.compile(r"(?:tion|sion|ness|ment|ity|ism|ance|ence|ship|hood|ery|ure)$")
_QUALITY = re.compile(r"(?:ous|ful|less|ive|able|ible|ish|ic|ant|ent|ary|y)$")
_ACTION = re.compile(r"(?:ate|ify|ise|ize|en)$")


def guess_kind(word: str) -> str:
    """Only a first guess: the teacher sees it in the plan and may change it."""
    word = word.lower()
    for kind, ending in (("stuff", _STUFF), ("action", _ACTION), ("quality", _QUALITY)):
        if len(word) > 4 and ending.search(word):
            return kind
    return "thing"


@cache
def pattern_of(word: str) -> re.Pattern[str]:
    """The word and its usual endings; several words only as they are."""
    word = word.strip().lower()
    forms = {word}
    if word.isalpha():
        forms |= {word + ending for ending in ("s", "es", "ed", "d", "ing", "er", "ly")}
        last = word[-1]
        forms |= {word + last + ending for ending in ("ed", "ing", "er")}
        if word.endswith("y"):
            forms |= {word[:-1] + ending for ending in ("ies", "ied", "ier", "ily")}
        if word.endswith("e"):
            forms |= {word[:-1] + ending for ending in ("ing", "er")}
    longest = sorted(map(re.escape, forms), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest)})(?!\w)", re.IGNORECASE)


def holds(sentence: str, word: str) -> bool:
    return bool(pattern_of(word).search(sentence))


def sentences_with(word: str, sentences: list[str]) -> list[str]:
    """Different sentences with the word: near copies of one another count once."""
    found: list[str] = []
    for sentence in sentences:
        if len(words_of(sentence)) < SHORTEST_SENTENCE or not holds(sentence, word):
            continue
        if not any(alike(sentence, other) for other in found):
            found.append(sentence)
    return found


def alike(one: str, other: str) -> bool:
    """Nearly the same words."""
    first, second = (set(map(str.lower, words_of(s))) for s in (one, other))
    both = first | second
    return not both or len(first & second) / len(both) >= 0.75


def times(words: tuple[Word, ...], sentences: list[str]) -> dict[str, int]:
    return {w.word: len(sentences_with(w.word, sentences)) for w in words}


def article(word: str) -> str:
    """ "a lantern", "an owl", "some dinosaurs"."""
    if is_plural(word):
        return f"some {word}"
    vowel = re.match(r"(?:[aeio]|u(?!n[ai]|s[aeiou])|hour|honest)", word, re.IGNORECASE)
    return f"{'an' if vowel else 'a'} {word}"


def is_plural(word: str) -> bool:
    word = word.lower()
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))


def interest_in(text: str, interest: str) -> bool:
    """All content words of an interest stand in one text, in some form."""
    content = [w for w in words_of(interest) if len(w) > 2] or words_of(interest)
    return bool(content) and all(
        holds(text, w) or holds(text, singular(w)) for w in content
    )


def singular(word: str) -> str:
    return word[:-1] if is_plural(word) and len(word) > 3 else word
