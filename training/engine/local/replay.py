"""What the bare model writes, kept to be learnt from again: so it unlearns nothing.

Also the anchors: passages written for this project, on which a voice may not make the
model worse. Neither holds a word of any person's.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from typing import Any

from training.engine.base import AdapterRef, Message, Piece, Prompt, Sampling
from training.engine.fitting import Told
from training.engine.guide.passages import read_passages
from training.engine.local.chat import CONTINUE
from training.engine.local.engine import LocalEngine

COUNT = 64
#: Tokens a passage may have, by the length that is asked for; as in the editor.
TOKENS = {"short": 80, "medium": 160, "long": 320}
ANCHORS = 60
#: Words of an anchor that a continuation begins with.
OPENING = 8
#: Headers with their asks, of nobody's story: `training.seedling.asked` made them.
ASKED = Path(__file__).with_name("asked.jsonl")
SENTENCE_END = re.compile(r"[.!?…][\"”’')]*(?=\s|$)")


def anchors() -> list[Told]:
    """The same passages every time, from all tones."""
    passages = list(read_passages())
    return [
        Told(each.text, each.id)
        for each in passages[:: max(1, len(passages) // ANCHORS)][:ANCHORS]
    ]


def own_words(engine: LocalEngine, cache: Path, count: int = COUNT) -> list[Told]:
    """Passages by the bare model; drawn once for each model and then kept.

    Half of them go on from a beginning. The other half tell what a header asks for:
    without them a voice would write like the person, and of nobody they named.
    """
    version = sha256(ASKED.read_bytes()).hexdigest()[:8]
    kept = cache / f"replay-{engine.fingerprint}-{count}-{version}.json"
    try:
        return [Told(**row) for row in json.loads(kept.read_text())]
    except (OSError, ValueError, TypeError):
        pass
    told = [*begun_words(engine, count - count // 2), *asked_words(engine, count // 2)]
    cache.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(".part")
    part.write_text(json.dumps([asdict(each) for each in told]), encoding="utf-8")
    part.replace(kept)
    return told


def begun_words(engine: LocalEngine, count: int) -> Iterator[Told]:
    """How the model goes on from the beginnings of passages."""
    passages = list(read_passages())
    step = max(1, len(passages) // count)
    openings = [opening(each.text) for each in passages[1::step]][:count]
    texts = draw(engine, openings, tokens=TOKENS["medium"])
    for at, (first, text) in enumerate(zip(openings, texts, strict=True)):
        if told := in_sentences(first + text):
            yield Told(told, f"replay {at}")


def asked_words(engine: LocalEngine, count: int) -> Iterator[Told]:
    """What the model tells for a header, as the editor would ask."""
    rows = [json.loads(line) for line in ASKED.read_text("utf-8").splitlines()]
    fitting = [row for row in rows if fits(engine, row)]
    asked = (fitting * -(-count // max(1, len(fitting))))[:count]
    texts = drawn(engine, map(prompt_of, asked), map(longest, asked))
    for at, (row, text) in enumerate(zip(asked, texts, strict=True)):
        if told := in_sentences(text):
            yield Told(told, f"asked {at}", row["ask"], row["header"])


def prompt_of(row: Mapping[str, Any]) -> Prompt:
    messages: tuple[Message, ...] = (
        {"role": "system", "content": row["header"]},
        {"role": "user", "content": row["ask"]},
    )
    names, wanted, places = (tuple(row[x]) for x in ("names", "wanted", "places"))
    return Prompt(messages, names, wanted, places)


def longest(row: Mapping[str, Any]) -> int:
    asked = dict(
        line.split(": ", 1) for line in row["ask"].splitlines() if ": " in line
    )
    return TOKENS.get(asked.get("Length", ""), TOKENS["medium"])


def fits(engine: LocalEngine, row: Mapping[str, Any]) -> bool:
    return engine.length(prompt_of(row)) + longest(row) < engine.context


def in_sentences(text: str) -> str:
    """To its last end of a sentence: one cut at its limit would teach to break off."""
    ends = [end.end() for end in SENTENCE_END.finditer(text)]
    return text[: ends[-1]] if ends else ""


def opening(text: str, words: int = OPENING) -> str:
    return " ".join(text.split()[:words])


def draw(
    engine: LocalEngine,
    openings: Sequence[str],
    adapters: Sequence[AdapterRef] = (),
    tokens: int = 80,
    seed: int = 11,
) -> list[str]:
    """What is written after each opening, all in one running batch."""
    prompts = [Prompt(begun(each)) for each in openings]
    return drawn(engine, prompts, repeat(tokens), adapters, seed)


def drawn(
    engine: LocalEngine,
    prompts: Iterable[Prompt],
    tokens: Iterable[int],
    adapters: Sequence[AdapterRef] = (),
    seed: int = 11,
) -> list[str]:
    """A passage for each prompt, of at most so many tokens."""
    requests = []
    for at, (prompt, most) in enumerate(zip(prompts, tokens, strict=False)):
        sampling = Sampling(
            max_tokens=most, temperature=0.7, top_p=0.92, seed=seed + at
        )
        requests.append(engine.submit(prompt, sampling, adapters))
    texts = []
    for request in requests:
        text, finish = "", None
        while finish is None:
            piece = request.pieces.get(timeout=600)
            if not isinstance(piece, Piece):
                raise piece
            text, finish = text + piece.text, piece.finish
        texts.append(text)
    return texts


def begun(text: str) -> tuple[Message, ...]:
    return (
        {"role": "user", "content": CONTINUE},
        {"role": "assistant", "content": text},
    )
