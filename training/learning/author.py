"""One author's text through the same pipeline as a person's ledger."""

import math
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from training.engine import EngineError
from training.engine.cutting import passages_of, split
from training.engine.fitting import Fit, Progress, Told
from training.learning.apart import follow

FEWEST_WORDS = 400


def learn_author(
    text: str,
    *,
    model: str,
    cache: Path,
    count: Callable[[str], int],
    tokens: int | None = None,
    seed: int = 0,
    threads: int = 1,
    device: str = "auto",
    keep: Path | None = None,
    say: Callable[[Progress], None] = lambda progress: None,
) -> dict[str, Any]:
    """Learn the first `tokens` tokens: 80 % learnt, 10 % to stop by, 10 % tested on."""
    passages, used = beginning(passages_of(text), count, tokens)
    if sum(len(passage.split()) for passage in passages) < FEWEST_WORDS:
        raise EngineError(f"There are fewer than {FEWEST_WORDS} words to learn from.")
    train, valid, test = split([Told(passage, "text") for passage in passages])
    with tempfile.TemporaryDirectory(prefix="storyloom-author-") as folder:
        fit = Fit(
            model=model,
            folder=folder,
            cache=str(cache),
            train=tuple(train),
            valid=tuple(valid),
            test=tuple(test),
            seed=seed,
            threads=threads,
            device=device,
        )
        report: dict[str, Any] | None = None
        for progress in follow(fit):
            if progress is not None:
                say(progress)
                report = progress.report or report
        if report is None:
            raise EngineError("Learning ended without a report.")
        if keep:
            shutil.copytree(Path(folder) / "adapter", keep)
    return figures(report, used)


def beginning(
    passages: list[str], count: Callable[[str], int], tokens: int | None
) -> tuple[list[str], int]:
    """As many passages from the start as fit into so many tokens, and their tokens."""
    kept: list[str] = []
    used = 0
    for passage in passages:
        length = count(passage)
        if tokens is not None and used + length > tokens and kept:
            break
        kept.append(passage)
        used += length
    return kept, used


def figures(report: dict[str, Any], tokens: int) -> dict[str, Any]:
    better = report["gates"]["better"]
    found: dict[str, Any] = {"tokens": tokens, "learnt_tokens": report["tokens"]}
    if "base_nats" in better:
        base, voice = better["base_nats"], better["voice_nats"]
        found |= {
            "base_perplexity": round(math.exp(base), 3),
            "voice_perplexity": round(math.exp(voice), 3),
            "perplexity_drop": better["perplexity_drop"],
            "held_out_tokens": better["tokens"],
        }
    return found | {
        "seconds": report["seconds"],
        "tokens_per_second": report.get("tokens_per_second"),
        "steps": report["steps"],
        "rank": report["rank"],
        "passed": report["passed"],
        "gates": report["gates"],
        "samples": report["samples"],
    }
