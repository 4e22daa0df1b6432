"""How long a passage takes beside a plain one, one after the other on one machine."""

import time
from collections.abc import Sequence

import numpy as np

from stories.evaluating.grid import Say, Task, tell
from stories.evaluating.measures import Figure
from stories.evaluating.openings import Opening
from stories.weaving import Wish, weave
from training.engine import Engine
from training.engine.regulator.blocks import block_end

LEAST_TOGETHER = 0.05  # seconds; a clock is no better


def measure(
    engine: Engine,
    openings: Sequence[Opening],
    layers: Sequence[str],
    max_tokens: int,
    say: Say,
) -> dict[str, Figure]:
    """Plain and regulated in turn, so that a busy moment hits both alike."""
    plain, ours = [], []
    for number, opening in enumerate(openings):
        tone = opening.tones[number % len(opening.tones)]
        tell(engine, Task(opening, "", number), (), 8)  # warm
        plain.append(timed(engine, Task(opening, "", number), (), max_tokens))
        ours.append(timed(engine, Task(opening, tone, number), layers, max_tokens))
    say(f"latency: {len(openings)} passages each way")
    whole = np.array([[p[0], o[0]] for p, o in zip(plain, ours, strict=True)])
    first = np.array([[p[1], o[1]] for p, o in zip(plain, ours, strict=True)])
    core = np.array([[p[3], o[3]] for p, o in zip(plain, ours, strict=True)])
    per_word = np.array(
        [[p[0] / p[2], o[0] / o[2]] for p, o in zip(plain, ours, strict=True)]
    )
    return {
        "latency over plain, mean": ratio_of_means(whole, most=3.0),
        "- in core seconds, whatever else runs": ratio_of_means(core),
        "- per word": ratio_of_means(per_word),
        "- p95 over p95 of plain": Figure(
            round(
                float(np.percentile(whole[:, 1], 95) / np.percentile(whole[:, 0], 95)),
                3,
            ),
            n=len(whole),
        ),
        "first sentence complete, over plain": ratio_of_means(first, most=3.0),
        "- plain, seconds": Figure(round(float(whole[:, 0].mean()), 3), n=len(whole)),
    }


def ratio_of_means(pairs: np.ndarray, most: float | None = None) -> Figure:
    dice = np.random.default_rng(0).integers(0, len(pairs), (1000, len(pairs)))
    found = pairs[dice].mean(axis=1)
    ratios = found[:, 1] / found[:, 0]
    low, high = np.percentile(ratios, [2.5, 97.5])
    value = pairs[:, 1].mean() / pairs[:, 0].mean()
    return Figure(
        round(float(value), 3),
        round(float(low), 3),
        round(float(high), 3),
        len(pairs),
        most=most,
    )


def timed(
    engine: Engine, task: Task, layers: Sequence[str], max_tokens: int
) -> tuple[float, float, int, float]:
    """Seconds in all, until a first whole sentence was there; words; core seconds."""
    began, core = time.perf_counter(), time.process_time()
    first: list[float] = []

    def watch(text: str) -> None:
        if not first and block_end(f"{text}\n\nA", least=2):
            first.append(time.perf_counter() - began)

    wish = Wish(
        task.opening.text,
        task.opening.id,
        task.tone,
        max_tokens=max_tokens,
        seed=task.seed,
    )
    woven = weave(engine, wish, layers, watch)
    seconds = time.perf_counter() - began
    core = time.process_time() - core
    words = max(1, len(woven.text.split()))
    return seconds, max(LEAST_TOGETHER, first[0] if first else seconds), words, core
