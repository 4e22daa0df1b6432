"""Things of daily life by kind, so that one may stand in for another of its kind.

The corpus knows a ball, a toy and a cake. A model that reads them in every second
story remembers them instead of reading its header, so they are exchanged for less
usual things of the same kind, in the header and in the story alike.
"""

import random
import re
from pathlib import Path

from training.seedling.recipe import HERE

THINGS = HERE / "things.txt"


def sections(path: Path) -> dict[str, str]:
    """[name] and the text under it; lines with # are comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    parts = re.split(r"^\[(.+)\]$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def listed(text: str) -> list[str]:
    return [" ".join(item.split()) for item in text.split(",")]


_KINDS = {name: listed(text) for name, text in sections(THINGS).items()}
STAND_INS = {kind: of for kind, of in _KINDS.items() if not kind.startswith("usual")}
USUAL = {
    word: name.removeprefix("usual ")
    for name, words in _KINDS.items()
    if name.startswith("usual")
    for word in words
}
HELD = [t for kind in ("toy", "tool", "clothing") for t in STAND_INS[kind]]
STUFFS = (
    "brass glass wool tin silver leather straw paper clay copper velvet oak".split()
)
MADE = [*STUFFS, *"red green yellow blue grey old new broken heavy tiny round".split()]
ALL = [thing for things in STAND_INS.values() for thing in things]


def a_thing(rng: random.Random) -> str:
    """Something to hold, often with a word before it that nobody can guess."""
    thing = rng.choice(HELD if rng.random() < 0.8 else ALL)
    draw = rng.random()
    if draw < 0.4 and " " not in thing:
        return f"{rng.choice(MADE)} {thing}"
    return f"{thing} of {rng.choice(STUFFS)}" if draw > 0.95 else thing


def article(thing: str) -> str:
    return "an" if re.match(r"[aeio]|u(?!ni)", thing, re.IGNORECASE) else "a"


def plural(thing: str) -> str:
    if thing.endswith(("s", "x", "ch", "sh")):
        return thing if thing.endswith("s") else thing + "es"
    if thing.endswith("y") and thing[-2] not in "aeiou":
        return thing[:-1] + "ies"
    return thing + "s"


def exchanged(text: str, things: dict[str, str]) -> str:
    """The text with each thing exchanged, its article and its plural with it."""
    for old, new in things.items():
        an = article(new)
        text = re.sub(rf"\ban? {old}\b", f"{an} {new}", text)
        text = re.sub(rf"\bAn? {old}\b", f"{an.capitalize()} {new}", text)
        text = re.sub(rf"\b{old}\b", new, text)
        if not old.endswith("s"):
            text = re.sub(rf"\b{old}s\b", plural(new), text)
    return text


def new_things(rng: random.Random, old: list[str], share: float) -> dict[str, str]:
    """Usual thing -> one that stands in for it, for one reading of one story."""
    chosen: dict[str, str] = {}
    for thing in old:
        if thing in USUAL and rng.random() < share:
            new = rng.choice(STAND_INS[USUAL[thing]])
            if " " not in new and rng.random() < 0.2:
                new = f"{rng.choice(MADE)} {new}"
            if new not in chosen.values() and new not in old:
                chosen[thing] = plural(new) if thing.endswith("s") else new
    return chosen
