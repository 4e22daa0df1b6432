"""Scripted readers give their signals; is what they like learnt, and at what price?"""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from training.engine.base import Liking, Prompt, Sampling
from training.engine.fitting import Preferred, Rated, Recipe
from training.engine.guide import open_guide
from training.engine.guide.passages import read_passages
from training.engine.local import replay, taste, thumbs
from training.engine.local.chat import Chat
from training.engine.local.dataset import HasIds, windows_of
from training.engine.local.engine import LocalEngine
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
from training.engine.local.reward import Reward, embeddings_of, learnt
from training.engine.local.tastes import TASTES, pairs
from training.engine.regulator import Regulated

PROMISED = 0.75
SIGNALS, HELD_OUT = 40, 200
#: Passages written for every reader, and their length.
PASSAGES, WRITTEN_TOKENS = 24, 70


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
    passages: int = PASSAGES,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Every reader from the bare model, with texts that no held-out pair shares.

    `before` is how often the bare model finds likelier what the reader prefers, `after`
    how often the reward that chooses among candidates does; `written`, how often they
    prefer what is then written; `adapter`, what DPO made of the same signals.

    `by_thumbs`: a signal is a thumb, up or down, and not a choice between two.
    """
    torch.set_num_threads(threads)
    texts = [each.text for each in read_passages()]
    seen, unseen = texts[0::2], texts[1::2]
    readers: dict[str, dict[str, Any]] = {}
    rewards: dict[str, Reward | None] = {}
    for name in tastes:
        say(f"{name}: {TASTES[name][0]}")
        loaded, tokenizer = load(model, device)
        recipe = recipe_for(loaded.num_parameters(), 20_000)
        voice, chat = with_adapter(loaded, recipe), Chat(tokenizer)
        told = pairs(name, seen, signals // 2 if by_thumbs else signals, seed)
        learning = by_thumb if by_thumbs else by_choice
        held = pairs(name, unseen, held_out, seed)
        rewards[name] = reward_from(voice, chat, told, by_thumbs)
        found = one_reader(
            voice,
            chat,
            *learning(voice, chat, told, recipe),
            taste.pairs_of(chat, held, recipe.window),
            recipe,
            seed,
        )
        readers[name] = {
            "likes": TASTES[name][0],
            "before": found.pop("before"),
            "after": foreseen(rewards[name], chat, held),
            "held_out_pairs": len(held),
            "adapter": found,
        }
        say(f"{name}: {readers[name]['before']} to {readers[name]['after']}")
    for name, share in written(load(model, device), rewards, passages).items():
        readers[name]["written"] = share
    return {
        "signals": signals,
        "by": "thumbs" if by_thumbs else "choices",
        "readers": readers,
        "mean_before": round(mean_of(r["before"] for r in readers.values()), 4),
        "mean_after": round(mean_of(r["after"] for r in readers.values()), 4),
        "mean_written": round(mean_of(r["written"] for r in readers.values()), 4),
        "promised": PROMISED,
    }


def mean_of(values: Any) -> float:
    found = list(values)
    return sum(found) / max(1, len(found))


def reward_from(
    voice: PeftModel, chat: Chat, told: Sequence[Preferred], by_thumbs: bool
) -> Reward | None:
    shown = [(chat.ids(p.chosen), chat.ids(p.rejected)) for p in told]
    apart = ([up for up, _ in shown], [down for _, down in shown])
    signals = ([], *apart) if by_thumbs else (shown,)
    return learnt(embeddings_of(voice), *signals)


def foreseen(found: Reward | None, chat: Chat, held: Sequence[Preferred]) -> float:
    """How often it likes the preferred text more; half where nothing was learnt."""
    if found is None:
        return 0.5
    likes = [(chat.ids(p.chosen), chat.ids(p.rejected)) for p in held]
    return round(mean_of(found.of(a) > found.of(b) for a, b in likes), 4)


def written(
    loaded: tuple[PreTrainedModel, PreTrainedTokenizerBase],
    rewards: Mapping[str, Reward | None],
    count: int,
) -> dict[str, float]:
    """How often each reader prefers a passage chosen among candidates by their reward
    to one drawn plainly after the same opening; one that is as good counts half."""
    openings = [replay.opening(each.text) for each in replay.anchors()][:count]
    with closing(LocalEngine(*loaded, name="")) as engine:
        plain = [passage(engine, opening, None) for opening in openings]
        found = {}
        for name, known in rewards.items():
            likes = partial(liked, engine, known) if known else None
            told = [passage(engine, opening, likes) for opening in openings]
            score = TASTES[name][1]
            both = [
                (score(a), score(b))
                for a, b in zip(told, plain, strict=True)
                if a.strip() and b.strip()
            ]
            found[name] = round(mean_of((a > b) + (a == b) / 2 for a, b in both), 4)
    return found


def liked(engine: LocalEngine, known: Reward, text: str) -> float:
    return known.of(engine.tokens(text))


def passage(engine: LocalEngine, opening: str, likes: Liking | None) -> str:
    told = Regulated(
        engine,
        open_guide(),
        Prompt(replay.begun(opening)),
        Sampling(max_tokens=WRITTEN_TOKENS, temperature=0.5, top_p=0.9, seed=11),
        target=None,
        likes=likes,
    )
    for _ in told.pieces():
        pass
    return told.text


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
