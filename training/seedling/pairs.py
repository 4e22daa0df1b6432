"""Headers and stories written by hand, read in the last part of a run.

Small in number, they show what rules cannot: an experience told and not repeated,
a direction followed, a tone that turns, an ending that is left open.
"""

import json
import random
from dataclasses import dataclass
from pathlib import Path

from training.seedling.documents import BARE, HEADER_KEPT, PREFACE, Message, renamed
from training.seedling.labels import length_of
from training.seedling.names import new_names
from training.seedling.recipe import HERE

PAIRS = HERE / "pairs"


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


def header_lines(pair: Pair, names: dict[str, str], rng: random.Random) -> str:
    lines = []
    for field in (*HEADER_KEPT, "Note"):
        values = [renamed(v, names) for v in listed(pair.header.get(field))]
        if not values or rng.random() > 0.85:
            continue
        if field == "Experience":
            lines += [f"{field}: {value}" for value in values]
        else:
            lines.append(f"{field}: {', '.join(values)}")
    return "\n".join(lines)


def ask_lines(ask: dict[str, str], names: dict[str, str], rng: random.Random) -> str:
    order = ("Part", "Tone", "Length", "Direction")
    kept = [
        f"{field}: {renamed(ask[field], names)}"
        for field in order
        if field in ask and rng.random() < 0.85
    ]
    return "\n".join(kept) or BARE


def pair_messages(pair: Pair, rng: random.Random) -> list[Message]:
    """One reading: other names, some fields left out."""
    names = new_names(rng, listed(pair.header.get("Names")), keep=0.5)
    header = header_lines(pair, names, rng)
    messages = [{"role": "system", "content": f"{PREFACE}\n\n{header}"}]
    for ask, paragraph in zip(pair.asks, pair.paragraphs, strict=True):
        text = renamed(paragraph, names)
        ask = {**ask, "Length": length_of(text)}
        messages.append({"role": "user", "content": ask_lines(ask, names, rng)})
        messages.append({"role": "assistant", "content": text})
    return messages
