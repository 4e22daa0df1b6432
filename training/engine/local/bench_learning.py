"""What looking, saving and resuming cost while a voice is learnt.

In one run, by turns: a bare loop of PEFT and torch over the same batches, and `learn`
with its looks at held-out text, its checkpoints and its signs of life.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import torch

from training.engine.fitting import Told
from training.engine.local.chat import Chat
from training.engine.local.dataset import padded, windows_of
from training.engine.local.fit import Lesson, Plan, learn, loss_of, with_adapter
from training.engine.local.model import load
from training.engine.local.process import recipe_for

PROMISED = {"learnt_over_bare": (">=", 0.9)}


def measure(
    model: str,
    train: Sequence[Told],
    valid: Sequence[Told],
    *,
    rounds: int = 3,
    epochs: float = 1.0,
    threads: int = 1,
    device: str = "auto",
    clock: Callable[[], float] = time.perf_counter,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Tokens a second of both, medians over the rounds, and their ratio."""
    torch.set_num_threads(threads)
    loaded, tokenizer = load(model, device)
    chat = Chat(tokenizer)
    recipe = replace(recipe_for(loaded.num_parameters(), 0), epochs=epochs, replay=0.0)
    windows = windows_of(chat, train, recipe.window)
    held_out = windows_of(chat, valid, recipe.window)
    lesson = Lesson("voice", windows, held_out, (), recipe, 0, Path())
    voice = with_adapter(loaded, recipe)
    bare_loop(voice, lesson, clock, most=2)  # warm
    found: dict[str, list[float]] = {"bare": [], "learnt": []}
    for number in range(rounds):
        found["bare"].append(bare_loop(voice, lesson, clock))
        with tempfile.TemporaryDirectory(prefix="storyloom-bench-") as folder:
            mine = replace(lesson, folder=Path(folder))
            found["learnt"].append(learnt(voice, mine, clock))
        bare, ours = found["bare"][-1], found["learnt"][-1]
        say(f"round {number + 1}: {bare:.0f} bare, {ours:.0f} tok/s")
    ratios = [ours / bare for bare, ours in zip(*found.values(), strict=True)]
    return {
        "tokens": sum(len(window.ids) for window in windows),
        "bare": round(median(found["bare"]), 1),
        "learnt": round(median(found["learnt"]), 1),
        "learnt_over_bare": round(median(ratios), 3),
        "promised": PROMISED,
    }


def bare_loop(
    voice: Any, lesson: Lesson, clock: Callable[[], float], most: int | None = None
) -> float:
    """Tokens a second of the loop anybody would write."""
    plan = Plan(lesson)
    weights = [p for p in voice.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        weights, lr=lesson.recipe.rate, weight_decay=lesson.recipe.decay
    )
    voice.train()
    tokens, began = 0, clock()
    for step in range(min(plan.steps, most or plan.steps)):
        batch: Any = plan.batch(step)
        loss_of(voice, padded(batch, voice.device)).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        tokens += sum(len(item.ids) for item in batch)
    return tokens / (clock() - began)


def learnt(voice: Any, lesson: Lesson, clock: Callable[[], float]) -> float:
    began = clock()
    with closing(learn(voice, lesson, limit=3600)) as steps:
        *_, last = steps
    return last.tokens / (clock() - began)
