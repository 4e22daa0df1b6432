"""Six readers with a published taste each, to see whether a taste can be learnt.

Four tastes are about form, two about meaning. A reader scores a text; between two
texts of about equal length the one with the clearly higher score is preferred. Nothing
of this is used to serve people.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from training.engine.fitting import Preferred

#: Two texts are of equal length up to this share.
ALIKE = 0.15

_WATER = re.compile(
    r"\b(river|sea|rain\w*|lake|water\w*|wave\w*|shore|boat\w*|swim\w*|wet|tide|pond|"
    r"stream|harbou?r|fish\w*|snow\w*|ice|storm\w*|cloud\w*|wind\w*|tree\w*|garden\w*|"
    r"leaf|leaves|grass|field\w*|hill\w*|bird\w*|sky|moon|sun\w*|star\w*)\b",
    re.IGNORECASE,
)
_TOGETHER = re.compile(
    r"\b(we|us|our|together|friend\w*|mother|father|sister|brother|grand\w+|uncle|aunt|"
    r"neighbou?r\w*|family|everyone|everybody|both|shared?|helped?|gave|held|hug\w*|"
    r"laugh\w*|sang|danced?)\b",
    re.IGNORECASE,
)


def _rate(pattern: re.Pattern[str], text: str) -> float:
    return len(pattern.findall(text)) / max(1, len(text.split()))


def _sentence(text: str) -> float:
    sentences = [s for s in re.split(r"[.!?]+", text) if s.strip()]
    return len(text.split()) / max(1, len(sentences))


#: What each reader likes, in words, and by what score.
TASTES: dict[str, tuple[str, Callable[[str], float]]] = {
    "talk": (
        "form: people speak (quotation marks)",
        lambda text: sum(text.count(mark) for mark in '"“”') / len(text.split()),
    ),
    "brief": ("form: short sentences", lambda text: -_sentence(text)),
    "commas": (
        "form: much is joined by commas",
        lambda text: text.count(",") / len(text.split()),
    ),
    "self": (
        "form: told by an I",
        lambda text: _rate(re.compile(r"\b(I|me|my|mine)\b"), text),
    ),
    "outdoors": ("meaning: weather, water, growing things", lambda t: _rate(_WATER, t)),
    "company": (
        "meaning: people who are with each other",
        lambda t: _rate(_TOGETHER, t),
    ),
}


def pairs(
    name: str, texts: Sequence[str], count: int, seed: int, clear: float = 0.5
) -> tuple[Preferred, ...]:
    """So many choices of a reader between texts, none of them twice the same two.

    Only texts whose scores differ by more than the `clear` quantile of all differences
    are compared: nobody is asked to choose between equals.
    """
    _, score = TASTES[name]
    scored = [(text, score(text)) for text in texts]
    found = list(_comparable(scored))
    gaps = sorted(abs(a[1] - b[1]) for a, b in found)
    least = max(gaps[int(clear * (len(gaps) - 1))], 1e-9) if gaps else 0.0
    told = [(a, b) for a, b in found if abs(a[1] - b[1]) >= least]
    random.Random(f"{name} {seed}").shuffle(told)
    return tuple(
        Preferred(context="", chosen=max(a, b, key=_by_score)[0],
                  rejected=min(a, b, key=_by_score)[0])
        for a, b in told[:count]
    )  # fmt: skip


def _by_score(scored: tuple[str, float]) -> float:
    return scored[1]


def _comparable(
    scored: Sequence[tuple[str, float]],
) -> Iterator[tuple[tuple[str, float], tuple[str, float]]]:
    for a, b in combinations(scored, 2):
        first, second = len(a[0].split()), len(b[0].split())
        if abs(first - second) <= ALIKE * max(first, second) and a[1] != b[1]:
            yield a, b
