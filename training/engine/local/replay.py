"""What the bare model writes, kept to be learnt from again: so it unlearns nothing.

Also the anchors: passages written for this project, on which a voice may not make the
model worse. Neither holds a word of any person's.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from training.engine.base import AdapterRef, Message, Piece, Prompt, Sampling
from training.engine.fitting import Told
from training.engine.guide.passages import read_passages
from training.engine.local.chat import CONTINUE
from training.engine.local.engine import LocalEngine

COUNT, TOKENS = 64, 160
ANCHORS = 60
#: Words of an anchor that a continuation begins with.
OPENING = 8
#: Headers with their asks, of nobody's story: `training.seedling.asked` made them.
ASKED = Path(__file__).with_name("asked.jsonl")


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
    kept = cache / f"replay-{engine.fingerprint}-{count}-asked.json"
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
    texts = draw(engine, openings, tokens=TOKENS)
    for at, (first, text) in enumerate(zip(openings, texts, strict=True)):
        if text.strip():
            yield Told(first + text, f"replay {at}")


def asked_words(engine: LocalEngine, count: int) -> Iterator[Told]:
    """What the model tells for a header, as the editor would ask; whole passages."""
    rows = [json.loads(line) for line in ASKED.read_text("utf-8").splitlines()]
    asked = [rows[at % len(rows)] for at in range(count)]
    prompts = [
        Prompt(
            (
                {"role": "system", "content": row["header"]},
                {"role": "user", "content": row["ask"]},
            ),
            *map(tuple, (row["names"], row["wanted"], row["places"])),
        )
        for row in asked
    ]
    written = drawn(engine, prompts, tokens=TOKENS)
    for at, (row, (text, finish)) in enumerate(zip(asked, written, strict=True)):
        if finish == "end" and text.strip():
            yield Told(text, f"asked {at}", row["ask"], row["header"])


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
    return [text for text, _ in drawn(engine, prompts, adapters, tokens, seed)]


def drawn(
    engine: LocalEngine,
    prompts: Sequence[Prompt],
    adapters: Sequence[AdapterRef] = (),
    tokens: int = 80,
    seed: int = 11,
) -> list[tuple[str, str]]:
    """(text, what ended it) for each prompt."""
    requests = []
    for at, prompt in enumerate(prompts):
        sampling = Sampling(
            max_tokens=tokens, temperature=0.7, top_p=0.92, seed=seed + at
        )
        requests.append(engine.submit(prompt, sampling, adapters))
    found = []
    for request in requests:
        text, finish = "", None
        while finish is None:
            piece = request.pieces.get(timeout=600)
            if not isinstance(piece, Piece):
                raise piece
            text, finish = text + piece.text, piece.finish
        found.append((text, finish))
    return found


def begun(text: str) -> tuple[Message, ...]:
    return (
        {"role": "user", "content": CONTINUE},
        {"role": "assistant", "content": text},
    )
