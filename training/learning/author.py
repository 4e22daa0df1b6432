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
from training.learning.apart import report_of

FEWEST_WORDS = 400
#: So far below the best other author's adapter one's own must be.
LEAD = 0.05


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
    starts: tuple[str, ...] = (),
    samples: bool = True,
    say: Callable[[Progress], None] = lambda progress: None,
) -> dict[str, Any]:
    """Learn the first `tokens` tokens: 80 % learnt, 10 % to stop by, 10 % tested on."""
    train, valid, test, used = parts_of(text, count, tokens)
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
            starts=starts,
            samples=samples,
        )
        report = report_of(fit, say)
        if keep:
            shutil.copytree(Path(folder) / "adapter", keep)
    return figures(report, used)


def parts_of(
    text: str, count: Callable[[str], int], tokens: int | None
) -> tuple[list[Told], list[Told], list[Told], int]:
    """What is learnt, stopped by and tested on, and how many tokens that are in all."""
    passages, used = beginning(passages_of(text), count, tokens)
    if sum(len(passage.split()) for passage in passages) < FEWEST_WORDS:
        raise EngineError(f"There are fewer than {FEWEST_WORDS} words to learn from.")
    return *split([Told(passage, "text") for passage in passages]), used


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


def rivalry(names: list[str], rows: list[list[float]]) -> dict[str, Any]:
    """From nats of the bare model and every adapter on every text: whose is best?

    `lead`: how far below the best other author's perplexity one's own is.
    """
    found: dict[str, dict[str, Any]] = {}
    for number, (name, (bare, *voices)) in enumerate(zip(names, rows, strict=True)):
        others = {n: v for n, v in enumerate(voices) if n != number}
        rival = min(others, key=others.__getitem__)
        found[name] = {
            "base_perplexity": round(math.exp(bare), 3),
            "own_perplexity": round(math.exp(voices[number]), 3),
            "best_other": names[rival],
            "best_other_perplexity": round(math.exp(voices[rival]), 3),
            "drop": round(1 - math.exp(voices[number] - bare), 4),
            "lead": round(1 - math.exp(voices[number] - voices[rival]), 4),
        }
    leading = sum(row["lead"] >= LEAD for row in found.values())
    return {"authors": found, "leading": leading, "of": len(names), "lead": LEAD}


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
        "start": report["start"],
        "passed": report["passed"],
        "gates": report["gates"],
        "samples": report["samples"],
    }
