"""What the bare model writes, kept to be learnt from again: so it unlearns nothing.

Also the anchors: passages written for this project, on which a voice may not make the
model worse. Neither holds a word of any person's.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from training.engine.base import AdapterRef, Message, Piece, Prompt, Sampling
from training.engine.fitting import Told
from training.engine.guide.passages import read_passages
from training.engine.local.chat import CONTINUE
from training.engine.local.engine import LocalEngine

COUNT, TOKENS = 64, 120
ANCHORS = 60
#: Words of an anchor that a continuation begins with.
OPENING = 8


def anchors() -> list[Told]:
    """The same passages every time, from all tones."""
    passages = list(read_passages())
    return [
        Told(each.text, each.id)
        for each in passages[:: max(1, len(passages) // ANCHORS)][:ANCHORS]
    ]


def own_words(engine: LocalEngine, cache: Path, count: int = COUNT) -> list[Told]:
    """Continuations by the bare model; drawn once for each model and then kept."""
    kept = cache / f"replay-{engine.fingerprint}-{count}.json"
    try:
        return [Told(**row) for row in json.loads(kept.read_text())]
    except (OSError, ValueError, TypeError):
        pass
    passages = list(read_passages())
    step = max(1, len(passages) // count)
    openings = [opening(each.text) for each in passages[1::step]][:count]
    texts = draw(engine, openings, tokens=TOKENS)
    told = [
        Told(begun + text, f"replay {at}")
        for at, (begun, text) in enumerate(zip(openings, texts, strict=True))
        if text.strip()
    ]
    cache.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(".part")
    rows = [{"text": each.text, "document": each.document} for each in told]
    part.write_text(json.dumps(rows), encoding="utf-8")
    part.replace(kept)
    return told


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
    sampling = Sampling(max_tokens=tokens, temperature=0.7, top_p=0.92, seed=seed)
    requests = [
        engine.submit(Prompt(begun(each)), sampling, adapters) for each in openings
    ]
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
