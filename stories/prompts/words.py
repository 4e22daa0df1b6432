"""Words, names and lengths in what people write."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

Count = Callable[[str], int]  # tokens in a text

#: Capitalised words that follow another word, not the beginning of a sentence.
_NAME = re.compile(
    r"(?<=[^\W\d_])[,;]? "
    r"([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+(?:[ -][A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)*)"
)
#: Any word is capitalised there: only names known as such are taken for names.
_FIRST = re.compile(
    r"(?:^|[.!?…:][\"”’')]? |[\"“(]|\n)"
    r"([^\W\d_]+(?:[ -][A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)*)(?:['’]s)?(?=[ ,:.!?…])"
)
_NOT_NAMES = frozenset(
    "I Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February "
    "March April May June July August September October November December "
    "Christmas Easter God Mr Mrs Ms Dr English French German Chinese Spanish".split()
)


@cache
def given_names() -> frozenset[str]:
    """Of many languages, but hardly one that also is a word ("Grace", "Will")."""
    listed = Path(__file__).with_name("given_names.txt").read_text(encoding="utf-8")
    return frozenset(listed.split())


def names_in(text: str) -> list[str]:
    """Capitalised words inside sentences, and given names at their beginnings, those
    met most often first."""
    first: list[str] = []

    def keep(found: re.Match[str]) -> str:
        if re.split("[ -]", found[1])[0] not in given_names():
            return found[0]
        first.append(found[1])
        return "\n"

    inside = _FIRST.sub(keep, text)
    seen: dict[str, int] = {}
    for name in [*_NAME.findall(inside), *first]:
        if name not in _NOT_NAMES:
            seen[name] = seen.get(name, 0) + 1
    return sorted(seen, key=lambda name: -seen[name])


def people_in(who: str) -> list[str]:
    """Names in an answer to "who was there": "my aunt Rosa and Tobi" gives two."""
    names = re.findall(
        r"[A-ZÀ-ÖØ-Þ][\w'’-]+(?:[ -][A-ZÀ-ÖØ-Þ][\w'’-]+)*|[\u4e00-\u9fff]{2,4}", who
    )
    return [name for name in names if name not in _NOT_NAMES and name != "My"]


def one_line(text: str) -> str:
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0] + "…"


def unique(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, words)))


def first_tokens(text: str, budget: int, count: Count) -> str:
    return _within(text, budget, count, lambda length: text[:length])


def last_tokens(text: str, budget: int, count: Count) -> str:
    """The end of a text, beginning with a whole word."""
    return _within(text, budget, count, lambda length: text[len(text) - length :])


def _within(text: str, budget: int, count: Count, cut: Callable[[int], str]) -> str:
    """The longest cut that fits, found by halving; cut between words if it can be."""
    if count(text) <= budget:
        return text
    low, high = 0, len(text)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if count(cut(middle)) <= budget else (low, middle)
    fitting = cut(low)
    if text.startswith(fitting):
        return fitting.rsplit(" ", 1)[0] if " " in fitting else fitting
    return fitting.split(" ", 1)[1] if " " in fitting else fitting
