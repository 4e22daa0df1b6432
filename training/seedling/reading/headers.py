"""The held-out headers, and the stories that were told for them."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from training.engine.teller import told_of
from training.seedling.documents import PREFACE, Message
from training.seedling.recipe import HELD_OUT_HEADERS


@dataclass
class HeldOut:
    """Names and things that no training text has, and lives written by hand."""

    id: str
    header: dict[str, str]
    asks: list[dict[str, str]]
    key: list[str] = field(default_factory=list)  # key nouns of the experience

    def listed(self, name: str) -> list[str]:
        return [item for item in self.header.get(name, "").split(", ") if item]


@dataclass
class Passage:
    text: str
    ended: bool  # by itself, not at the limit of its length


@dataclass
class Story:
    held_out: HeldOut
    passages: list[Passage]

    @property
    def text(self) -> str:
        return "\n\n".join(passage.text for passage in self.passages)


def held_out_headers(n: int, path: Path = HELD_OUT_HEADERS) -> list[HeldOut]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [HeldOut(**json.loads(line)) for line in lines[:n]]


def as_lines(fields: dict[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in fields.items())


def as_given(header: dict[str, str]) -> dict[str, str]:
    """The experience as the editor gives it: told of the teller."""
    line = header.get("Experience", "")
    told = told_of(line, header.get("Teller", "")) or line
    return {**header, "Experience": told} if line else header


def messages_for(held_out: HeldOut, told: list[Passage]) -> list[Message]:
    """The editor's messages for the passage that comes after `told`."""
    header = f"{PREFACE}\n\n{as_lines(as_given(held_out.header))}"
    messages = [{"role": "system", "content": header}]
    for ask, passage in zip(held_out.asks, told, strict=False):
        messages.append({"role": "user", "content": as_lines(ask)})
        messages.append({"role": "assistant", "content": passage.text})
    ask = held_out.asks[len(told)]
    return [*messages, {"role": "user", "content": as_lines(ask)}]


def keep(stories: list[Story], path: Path) -> None:
    lines = [json.dumps(asdict(story), ensure_ascii=False) for story in stories]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def kept(path: Path) -> list[Story]:
    found = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Story(HeldOut(**row["held_out"]), [Passage(**p) for p in row["passages"]])
        for row in found
    ]
