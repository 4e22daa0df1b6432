"""Tokens per second on one thread: plain sampling, one stream and eight."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from training.engine import Sampling
from training.seedling.reading.draw import prompt_of
from training.seedling.reading.figures import Bar, Figure
from training.seedling.reading.headers import held_out_headers, messages_for

NEW = 120  # tokens a stream


def rate(engine, streams: int, new: int = NEW) -> float:
    """All streams together, from the first ask to the last token."""

    def write(number: int) -> int:
        sampling = Sampling(max_tokens=new, seed=number, repetition_penalty=0)
        drawn = 0
        for piece in engine.generate(prompts[number], sampling):
            drawn = piece.tokens
        return drawn

    headers = held_out_headers(streams)
    prompts = [prompt_of(messages_for(header, [])) for header in headers]
    with ThreadPoolExecutor(streams) as pool:
        began = time.perf_counter()
        drawn = sum(pool.map(write, range(streams)))
        return drawn / (time.perf_counter() - began)


def measure(weights: Path, rounds: int = 3, new: int = NEW) -> list[Figure]:
    import torch

    from training.engine.local.engine import LocalEngine
    from training.engine.local.model import load

    load_before = os.getloadavg()[0]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    model, tokenizer = load(str(weights), "cpu")
    # No token ends a passage: every stream draws equally many.
    engine = LocalEngine(model, tokenizer, name="speed", ends=frozenset())
    try:
        rate(engine, 1, 16)
        one = [rate(engine, 1, new) for _ in range(rounds)]
        eight = [rate(engine, 8, new) for _ in range(rounds)]
    finally:
        engine.close()
        torch.set_num_threads(threads)
    note = f"best of {rounds}; load before it {load_before:.1f}"
    return [
        Figure("tokens/s, one stream", max(one), min(one), max(one), Bar(80), note),
        Figure("tokens/s, 8 streams", max(eight), min(eight), max(eight), Bar(240)),
    ]
