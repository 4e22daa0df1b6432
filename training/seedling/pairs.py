"""Headers and stories written by hand, read in the last part of a run.

Small in number, they show what rules cannot: an experience told and not repeated,
a direction followed, a tone that turns, an ending that is left open.
"""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from training.engine.teller import told_of
from training.seedling.documents import BARE, HEADER_KEPT, PREFACE, Message, renamed
from training.seedling.labels import length_of
from training.seedling.names import new_names
from training.seedling.recipe import HERE
from training.seedling.things import HELD, exchanged

PAIRS = HERE / "pairs"
OTHER_THINGS = 0.35  # how often a thing is exchanged
Reworded = Callable[[str], str]


@dataclass
class Pair:
    header: dict[str, str | list[str]]
    asks: list[dict[str, str]]
    paragraphs: list[str]


def read_pairs(folder: Path = PAIRS) -> list[Pair]:
    lines = [
        line
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [
        Pair(found["header"], found["asks"], found["paragraphs"])
        for found in map(json.loads, lines)
    ]


def listed(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def other_things(pair: Pair, rng: random.Random) -> dict[str, str]:
    """Some of its things for others, where the story calls them by one name only."""
    text = "\n".join([*pair.paragraphs, *listed(pair.header.get("Experience"))])
    chosen = {}
    for thing in listed(pair.header.get("Things")):
        bare = thing.split()[-1]
        alone = len(re.findall(rf"\b{re.escape(bare)}", text, re.IGNORECASE))
        by_its_name = len(re.findall(rf"\b{re.escape(thing)}\b", text))
        if alone == by_its_name and rng.random() < OTHER_THINGS:
            chosen[thing] = rng.choice(HELD)
    return chosen


def header_lines(pair: Pair, other: Reworded, rng: random.Random) -> str:
    lines: list[str] = []
    teller = ""
    for field in (*HEADER_KEPT, "Note"):
        values = [other(v) for v in listed(pair.header.get(field))]
        if not values or rng.random() > 0.85:
            continue
        if field == "Teller":
            teller = values[0]
        if field == "Experience":
            values = [told_of(value, teller) or value for value in values]
            lines += [f"{field}: {value}" for value in values]
        else:
            lines.append(f"{field}: {', '.join(values)}")
    return "\n".join(lines)


def ask_lines(ask: dict[str, str], other: Reworded, rng: random.Random) -> str:
    order = ("Part", "Tone", "Length", "Direction")
    kept = [
        f"{field}: {other(ask[field])}"
        for field in order
        if field in ask and rng.random() < 0.85
    ]
    return "\n".join(kept) or BARE


def pair_messages(pair: Pair, rng: random.Random) -> list[Message]:
    """One reading: other names and things, some fields left out."""
    names = new_names(rng, listed(pair.header.get("Names")), keep=0.4)
    things = other_things(pair, rng)

    def other(text: str) -> str:
        return exchanged(renamed(text, names), things)

    header = header_lines(pair, other, rng)
    messages = [{"role": "system", "content": f"{PREFACE}\n\n{header}"}]
    for ask, paragraph in zip(pair.asks, pair.paragraphs, strict=True):
        text = other(paragraph)
        ask = {**ask, "Length": length_of(text)}
        messages.append({"role": "user", "content": ask_lines(ask, other, rng)})
        messages.append({"role": "assistant", "content": text})
    return messages
