"""A way to tell, learnt from many stories of the corpus by the pipeline of a voice."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.engine.fitting import Fit, Progress, Recipe, Told
from training.learning.apart import report_of
from training.learning.author import figures

#: What must hold. A style is one person's; that of many is shown and not judged.
GATES = ("better", "memory", "ability", "integrity", "serving")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is learnt. The usual genre is a manner of what the model knows: much of
    it, or the pace of a voice, would unlearn more than is gained."""

    tokens: int = 60_000
    rank: int = 8
    #: Times the pace of a voice.
    pace: float = 0.1
    #: 0: as many as for so much text of a person.
    epochs: float = 0.0
    #: Passages of the bare model to learn along.
    own_words: int = 64


@dataclass(frozen=True, slots=True)
class Texts:
    """What is learnt, stopped by, and tested on: no story is in two of them."""

    train: Sequence[Told]
    valid: Sequence[Told]
    test: Sequence[Told]


def learn_genre(
    texts: Texts,
    *,
    into: Path,
    card: Callable[[dict[str, Any]], str],
    plan: Plan,
    model: str,
    cache: Path,
    device: str = "auto",
    threads: int = 1,
    seed: int = 0,
    recipe: Recipe | None = None,
    samples: bool = True,
    say: Callable[[Progress], None] = lambda progress: None,
) -> dict[str, Any]:
    """Leave the adapter and its card in `into`, if the gates let it pass.

    Raises EngineError; what was there before then stays.
    """
    with tempfile.TemporaryDirectory(prefix="storyloom-genre-") as folder:
        fit = Fit(
            model=model,
            folder=folder,
            cache=str(cache),
            train=tuple(texts.train),
            valid=tuple(texts.valid),
            test=tuple(texts.test),
            rank=plan.rank,
            pace=plan.pace,
            epochs=plan.epochs,
            half=True,
            recipe=recipe,
            device=device,
            threads=threads,
            seed=seed,
            own_words=plan.own_words,
            samples=samples,
        )
        report = report_of(fit, say)
        found = figures(report, report["tokens"])
        found |= {name: report[name] for name in ("model", "fingerprint")}
        found["passed"] = passes(report["gates"])
        if found["passed"]:
            _put(Path(folder) / "adapter", into, card(found))
    return found


def passes(gates: dict[str, Any]) -> bool:
    """Better on stories of the genre that it never read, and no worse elsewhere."""
    told = [gates[name]["passed"] for name in GATES if name in gates]
    return gates["better"]["passed"] is True and False not in told


def _put(adapter: Path, into: Path, card: str) -> None:
    """In place of what was there; not personal, so anybody may read it."""
    part = into.with_name(f"{into.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(adapter, part)
    (part / "README.md").write_text(card, encoding="utf-8")
    part.chmod(0o755)
    for path in part.iterdir():
        path.chmod(0o644)
    shutil.rmtree(into, ignore_errors=True)
    part.rename(into)
