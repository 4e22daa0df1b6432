"""Scripted readers give their signals; is what they like learnt, and at what price?"""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel

from training.engine.fitting import Preferred, Rated, Recipe
from training.engine.guide.passages import read_passages
from training.engine.local import replay, taste, thumbs
from training.engine.local.chat import Chat
from training.engine.local.dataset import HasIds, windows_of
from training.engine.local.fit import (
    Lesson,
    Objective,
    learn,
    mean,
    nats_of,
    with_adapter,
)
from training.engine.local.model import load
from training.engine.local.process import recipe_for
from training.engine.local.tastes import TASTES, pairs

PROMISED = 0.75
SIGNALS, HELD_OUT = 40, 200


def simulate(
    model: str,
    *,
    device: str = "auto",
    threads: int = 1,
    signals: int = SIGNALS,
    held_out: int = HELD_OUT,
    seed: int = 0,
    tastes: Sequence[str] = tuple(TASTES),
    by_thumbs: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Every reader from the bare model, with texts that no held-out pair shares.

    `by_thumbs`: a signal is a thumb, up or down, and not a choice between two.
    """
    torch.set_num_threads(threads)
    texts = [each.text for each in read_passages()]
    seen, unseen = texts[0::2], texts[1::2]
    readers = {}
    for name in tastes:
        say(f"{name}: {TASTES[name][0]}")
        loaded, tokenizer = load(model, device)
        recipe = recipe_for(loaded.num_parameters(), 20_000)
        voice, chat = with_adapter(loaded, recipe), Chat(tokenizer)
        told = pairs(name, seen, signals // 2 if by_thumbs else signals, seed)
        learning = by_thumb if by_thumbs else by_choice
        readers[name] = one_reader(
            voice,
            chat,
            *learning(voice, chat, told, recipe),
            taste.pairs_of(chat, pairs(name, unseen, held_out, seed), recipe.window),
            recipe,
            seed,
        ) | {"likes": TASTES[name][0]}
        say(f"{name}: {readers[name]['before']} to {readers[name]['after']}")
    after = [reader["after"] for reader in readers.values()]
    return {
        "signals": signals,
        "by": "thumbs" if by_thumbs else "choices",
        "readers": readers,
        "mean_before": round(mean_of(r["before"] for r in readers.values()), 4),
        "mean_after": round(mean_of(after), 4),
        "promised": PROMISED,
    }


def mean_of(values: Any) -> float:
    found = list(values)
    return sum(found) / max(1, len(found))


def by_choice(
    voice: PeftModel, chat: Chat, told: Sequence[Preferred], recipe: Recipe
) -> tuple[Sequence[HasIds], Objective]:
    found = taste.pairs_of(chat, told, recipe.window)
    known = taste.as_before(voice, found, recipe.step_tokens)
    return known, taste.Preferring(recipe)


def by_thumb(
    voice: PeftModel, chat: Chat, told: Sequence[Preferred], recipe: Recipe
) -> tuple[Sequence[HasIds], Objective]:
    """The same opinions, but nobody says which passage was beside which."""
    rated = [Rated(p.context, p.chosen, True, p.ask) for p in told]
    rated += [Rated(p.context, p.rejected, False, p.ask) for p in told]
    found = thumbs.thumbs_of(chat, rated, recipe.window)
    known = thumbs.as_before(voice, found, recipe.step_tokens)
    return known, thumbs.Liking(recipe, known)


def one_reader(
    voice: PeftModel,
    chat: Chat,
    known: Sequence[HasIds],
    objective: Objective,
    held: list[taste.Pair],
    recipe: Recipe,
    seed: int,
) -> dict[str, Any]:
    anchors = windows_of(chat, replay.anchors(), 256)
    before = agreement(voice, held)
    nats_before = mean(nats_of(voice, anchors))
    slower = replace(
        recipe, rate=recipe.taste_rate, epochs=recipe.taste_epochs, replay=0.0
    )
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="storyloom-taste-") as folder:
        lesson = Lesson("taste", known, [], [], slower, seed, Path(folder), objective)
        for _ in learn(voice, lesson, 3600):
            pass
    margins = taste.margins(voice, held)
    nats = mean(nats_of(voice, anchors))
    return {
        "before": before,
        "after": agreement(voice, held),
        "margin_accuracy": round(mean_of(margin > 0 for margin in margins), 4),
        "held_out_pairs": len(held),
        "anchor_nats_change": round(nats / nats_before - 1, 4),
        "seconds": round(time.monotonic() - began, 1),
    }


def agreement(voice: PeftModel, held: Sequence[taste.Pair]) -> float:
    """How often what the reader prefers is the likelier of the two, token by token."""
    now = taste.as_before(voice, held, 2048)
    return round(
        mean_of(
            pair.chosen_before / pair.chosen.learnt
            > pair.rejected_before / pair.rejected.learnt
            for pair in now
        ),
        4,
    )
