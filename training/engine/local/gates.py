"""Whether a new voice may speak: every gate with its numbers, in words made elsewhere.

A gate says `passed` True or False, or None where there was too little to tell.
"""

import math
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training.engine.base import AdapterRef, EngineError, Prompt, Sampling
from training.engine.fitting import Fit
from training.engine.local.adapters import read_adapter
from training.engine.local.chat import Chat
from training.engine.local.dataset import Window
from training.engine.local.engine import LocalEngine
from training.engine.local.fit import mean
from training.engine.local.replay import begun, draw, opening
from training.engine.local.reward import Reward
from training.engine.local.style import MEASURES, distances

FEWEST_WINDOWS = 4
LONGEST_RUN = 50  # tokens taken word for word from what was learnt
WORSE_WARN, WORSE_FAIL = 0.03, 0.08
#: How often each opening is gone on from: of what was drawn once, a voice that is
#: nearer by three measures may seem nearer by one.
DRAWS = 3
#: What the report shows, before and after.
SHOWN = 3

Nats = Sequence[tuple[float, int]]
Gate = dict[str, Any]


def integrity(engine: LocalEngine, folder: Path) -> Gate:
    """The files as anybody would get them."""
    try:
        slots = engine.slots
        adapter = read_adapter(folder, slots.modules, engine.fingerprint)
    except EngineError as error:
        return {"passed": False, "error": str(error)}
    return {"passed": True, "rank": adapter.rank, "layers": len(adapter.pairs)}


def better(
    base: Nats,
    voice: Nats,
    champion: Nats | None,
    start: Nats | None = None,
    *,
    seed: int = 0,
) -> Gate:
    """On held-out text, by a paired bootstrap over windows.

    Where it began from a shared adapter, it is that which it must be better than: what
    that knew already is nobody's own voice.
    """
    if len(base) < FEWEST_WINDOWS:
        return {"passed": None, "windows": len(base)}
    low, high = bootstrap(base if start is None else start, voice, seed)
    found = {
        "passed": high < 0,
        "windows": len(base),
        "tokens": sum(count for _, count in base),
        "base_nats": round(mean(base), 4),
        "voice_nats": round(mean(voice), 4),
        "change": round(mean(voice) - mean(base if start is None else start), 4),
        "change_low": round(low, 4),
        "change_high": round(high, 4),
        "perplexity_drop": round(1 - math.exp(mean(voice) - mean(base)), 4),
    }
    if start is not None:
        found["start_nats"] = round(mean(start), 4)
    if champion is not None:
        found["champion_nats"] = round(mean(champion), 4)
        found["passed"] = found["passed"] and mean(voice) <= mean(champion) + 0.01
    return found


def bootstrap(
    base: Nats, voice: Nats, seed: int, rounds: int = 1000
) -> tuple[float, float]:
    """95 % bounds of the change in nats per token."""
    dice = random.Random(seed)
    changes = []
    for _ in range(rounds):
        at = dice.choices(range(len(base)), k=len(base))
        drawn_base = mean([base[i] for i in at])
        changes.append(mean([voice[i] for i in at]) - drawn_base)
    changes.sort()
    return changes[int(0.025 * rounds)], changes[int(0.975 * rounds)]


def ability(base: Nats, voice: Nats) -> Gate:
    """What the model could write before, it still can."""
    worse = mean(voice) / mean(base) - 1
    return {
        "passed": worse <= WORSE_FAIL,
        "warning": worse > WORSE_WARN,
        "base_nats": round(mean(base), 4),
        "voice_nats": round(mean(voice), 4),
        "worse": round(worse, 4),
    }


def serving(engine: LocalEngine, ref: AdapterRef) -> Gate:
    """Loads and writes in the engine that people use."""
    began = time.monotonic()
    try:
        sampling = Sampling(max_tokens=8, temperature=0)
        tokens = 0
        for piece in engine.generate(Prompt(begun("The")), sampling, [ref]):
            tokens = piece.tokens or tokens
    except EngineError as error:
        return {"passed": False, "error": str(error)}
    return {"passed": True, "seconds": round(time.monotonic() - began, 3)}


def sampled(
    engine: LocalEngine,
    ref: AdapterRef,
    train: Sequence[str],
    held_out: Sequence[str],
    others: Sequence[str],
    windows: Sequence[Window],
) -> dict[str, Any]:
    """The gates that look at what is written: style and memory; and a few samples."""
    dice = random.Random(5)
    unseen = [opening(t) for t in dice.sample(list(held_out), min(12, len(held_out)))]
    seen = [opening(t) for t in dice.sample(list(train), min(8, len(train)))]
    before = draw(engine, unseen * DRAWS)
    after = draw(engine, unseen * DRAWS, [ref])
    recalled = draw(engine, seen, [ref])
    run = longest_run(
        [engine.tokens(text) for text in after + recalled],
        [window.ids for window in windows],
    )
    shown = [
        {"opening": o, "before": b.strip(), "after": a.strip()}
        for o, b, a in zip(unseen, before, after, strict=False)
    ][:SHOWN]
    return {
        "memory": {"passed": run < LONGEST_RUN, "longest_run": run},
        "style": style(before, after, held_out, [*train, *others]),
        "samples": shown,
    }


def style(
    before: Sequence[str],
    after: Sequence[str],
    own: Sequence[str],
    others: Sequence[str],
) -> Gate:
    if not own or not any(map(str.strip, before)):
        return {"passed": None}
    base = distances(before, own, others)
    voice = distances(after, own, others)
    closer = [name for name in MEASURES if voice[name] < base[name]]
    return {
        "passed": len(closer) >= 2,
        "closer": closer,
        "base": base,
        "voice": voice,
    }


def longest_run(
    written: Sequence[Sequence[int]], learnt: Sequence[Sequence[int]]
) -> int:
    """The longest run of tokens that stands in both."""
    low, high = 0, max((len(ids) for ids in written), default=0)
    while low < high:
        middle = (low + high + 1) // 2
        known = {run for ids in learnt for run in _runs(ids, middle)}
        if any(run in known for ids in written for run in _runs(ids, middle)):
            low = middle
        else:
            high = middle - 1
    return low


def _runs(ids: Sequence[int], length: int) -> set[tuple[int, ...]]:
    return {tuple(ids[at : at + length]) for at in range(len(ids) - length + 1)}


def taste(margins: Sequence[float]) -> Gate:
    """How often what was chosen became likelier than what was not."""
    if not margins:
        return {"passed": None, "pairs": 0}
    right = statistics.fmean(margin > 0 for margin in margins)
    enough = len(margins) >= 20
    return {
        "passed": right >= 0.55 if enough else None,
        "pairs": len(margins),
        "accuracy": round(right, 4),
    }


def thumbs(liked: Sequence[float], disliked: Sequence[float]) -> Gate:
    """How often what was liked became likelier by more than what was not (AUC)."""
    told: Gate = {"up": len(liked), "down": len(disliked)}
    if not liked or not disliked:
        return {"passed": None, **told}
    right = statistics.fmean(up > down for up in liked for down in disliked)
    enough = min(len(liked), len(disliked)) >= 6 and len(liked) + len(disliked) >= 20
    passed = right >= 0.55 if enough else None
    return {"passed": passed, **told, "accuracy": round(right, 4)}


def reward(found: Reward | None, chat: Chat, fit: Fit) -> Gate:
    """How often what was chosen, and never seen, is foreseen: for the report only, as
    what is not learnt is not used."""
    if found is None:
        return {"passed": None, "learnt": False}
    margins = [
        found.of(chat.ids(pair.chosen)) - found.of(chat.ids(pair.rejected))
        for pair in fit.test_pairs
    ]
    return taste(margins) | {"passed": None, "learnt": True}


def verdict(gates: dict[str, Any]) -> bool:
    """All gates that could tell say yes, and the one that counts most could."""
    found = [gate["passed"] for name, gate in gates.items() if name != "samples"]
    return gates["better"]["passed"] is True and False not in found
