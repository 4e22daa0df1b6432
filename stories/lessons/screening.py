"""What a teacher must look at before a child reads it. A list decides, no model."""

import re
from collections.abc import Iterable

from stories.lessons.sentences import split
from users.safety import may_need_help
from users.safety.unsuitable import first_unsuitable

#: Nicknames that are also words: at the beginning of a sentence they may be one.
COMMON = frozenset(
    "april art august autumn bill dawn drew faith grace hope ivy jack jay joy june "
    "lily mark may olive pat pearl penny rich robin rose ruby sky sunny summer will "
    "violet wren".split()
)
_REACH = re.compile(r"https?://|www\.|\S+@\S+\.\w|\d{6,}")


def is_unsuitable(text: str) -> bool:
    return bool(first_unsuitable(text)) or may_need_help(text)


def flags_of(text: str, *, hero: str = "", others: Iterable[str] = ()) -> list[dict]:
    """[{"rule", "word", "quote"}], at most one of a rule and word for each sentence."""
    flags = []
    names = [name for name in others if name != hero]
    for sentence in split(text):
        if word := first_unsuitable(sentence):
            flags.append(flag("unsuitable", word, sentence))
        if may_need_help(sentence):
            flags.append(flag("crisis", "", sentence))
        if found := _REACH.search(sentence):
            flags.append(flag("contact", found[0], sentence))
        flags += [
            flag("classmate", name, sentence)
            for name in names
            if names_someone(sentence, name)
        ]
    return flags


def flag(rule: str, word: str, sentence: str) -> dict:
    return {"rule": rule, "word": word, "quote": sentence[:300]}


def names_someone(sentence: str, name: str) -> bool:
    for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", sentence):
        begins = not sentence[: found.start()].strip(" “\"'‘(")
        if not (begins and name.lower() in COMMON):
            return True
    return False
