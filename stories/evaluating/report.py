"""The whole evaluation, step by step, and how it is printed."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from stories.evaluating import arcs, grid, latency
from stories.evaluating.grid import UNGUIDED, Say, Told
from stories.evaluating.measures import Figure, control, hear, prose
from stories.evaluating.openings import Opening
from training.engine import Engine
from training.engine.guide.labels import CorpusMissing, corpus_folder
from training.engine.judge import open_judge
from training.engine.judge.trigrams import Trigrams, read_trigrams
from training.services import guide as guide_of_this_process

Figures = dict[str, Figure]


@dataclass
class Plan:
    openings: list[Opening]
    conditions: dict[str, tuple[str, ...]]
    seeds: int = 2
    max_tokens: int = 60
    timed: int = 40
    arcs: int = 0
    corpus: str | None = None
    keep: Path | None = None


@dataclass
class Found:
    about: dict[str, Any]
    conditions: dict[str, Figures] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "about": self.about,
            "left_out": self.left_out,
            "conditions": {
                name: {key: figure.as_dict() for key, figure in figures.items()}
                for name, figures in self.conditions.items()
            },
        }


def evaluate(engine: Engine, plan: Plan, say: Say) -> Found:
    began = time.monotonic()
    judge, guide = open_judge(), guide_of_this_process()
    found = Found(about(engine, plan, judge.about))
    model = trigrams(plan, found)
    plain: list[Told] = []
    last = ""
    layers: Sequence[str] = ()
    for name, layers in plan.conditions.items():
        told = grid.write(
            engine,
            plan.openings,
            name,
            layers,
            seeds=plan.seeds,
            max_tokens=plan.max_tokens,
            say=say,
        )
        if plan.keep:
            keep(plan.keep, name, told)
        if name == UNGUIDED:
            plain = told
            asked = list(grid.against_targets(told, plan.openings))
        else:
            asked, last = told, name
        figures = control(hear(asked, judge, guide), judge.about["top_1_of_six"])
        found.conditions[name] = figures | prose(told, plain or told, model)
    if last:
        other = hear(grid.shuffled(asked), judge, guide)
        shuffled = control(other, judge.about["top_1_of_six"])
        found.conditions[f"{last}, targets shuffled"] = without_bars(shuffled)
        if plan.timed:
            some = plan.openings[:: max(1, len(plan.openings) // plan.timed)]
            usual = settings.TONE_LAYERS
            for name, used in {"as set": usual, last: layers}.items():
                found.conditions[f"latency, {name} ({', '.join(used)})"] = (
                    latency.measure(engine, some, used, plan.max_tokens, say)
                )
        if plan.arcs:
            courses(engine, plan, found, last, layers, say)
    found.about["minutes"] = round((time.monotonic() - began) / 60, 1)
    return found


def courses(
    engine: Engine,
    plan: Plan,
    found: Found,
    last: str,
    layers: Sequence[str],
    say: Say,
) -> None:
    neutral = [opening for opening in plan.openings if opening.mood == "neutral"]
    judge = open_judge()
    told = arcs.write(engine, neutral, layers, judge, stories=plan.arcs, say=say)
    found.conditions[last] |= arcs.figures(told)
    shifted = arcs.figures(arcs.shifted(told), bars=False)
    found.conditions[f"{last}, targets shuffled"] |= shifted
    if UNGUIDED in found.conditions:
        plain = arcs.write(engine, neutral, (), judge, stories=plan.arcs, say=say)
        found.conditions[UNGUIDED] |= arcs.figures(plain, bars=False)


def about(engine: Engine, plan: Plan, judge: dict[str, Any]) -> dict[str, Any]:
    moods = [opening.mood for opening in plan.openings]
    return {
        "evaluated": time.strftime("%Y-%m-%d"),
        "model": engine.name,
        "openings": {mood: moods.count(mood) for mood in dict.fromkeys(moods)},
        "seeds": plan.seeds,
        "max_tokens": plan.max_tokens,
        "layers": {name: list(layers) for name, layers in plan.conditions.items()},
        "judge": judge,
    }


def trigrams(plan: Plan, found: Found) -> Trigrams | None:
    try:
        return read_trigrams(corpus_folder(plan.corpus))
    except CorpusMissing as missing:
        found.left_out.append(f"perplexity: {missing}")
        return None


def keep(path: Path, condition: str, told: Sequence[Told]) -> None:
    with path.open("a", encoding="utf-8") as out:
        for each in told:
            row = {
                "condition": condition,
                "opening": each.task.opening.id,
                "tone": each.task.tone,
                "seed": each.task.seed,
                "text": each.text,
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def without_bars(figures: Figures) -> Figures:
    return {
        name: Figure(f.value, f.low, f.high, f.n)
        for name, f in figures.items()
        if not name.startswith("guide minus")
    }


# --- printing -----------------------------------------------------------------------


def table(found: Found) -> str:
    judge = found.about["judge"]
    lines = [
        f"Model {found.about['model']}, {found.about['openings']}, "
        f"{found.about['seeds']} seeds, {found.about['minutes']} minutes.",
        f"Judge (never the guide) against people, on passages it was not shown: "
        f"{judge['top_1_of_six']} right of six tones, {judge['valence_sign']} right "
        f"side of valence; by tone {judge['by_tone']}.",
        *(f"Left out: {sentence}" for sentence in found.left_out),
    ]
    for name, figures in found.conditions.items():
        lines += ["", f"== {name}"]
        lines += [row(key, figure) for key, figure in figures.items()]
    return "\n".join(lines)


def row(name: str, figure: Figure) -> str:
    if figure.value is None:
        return f"  {name:<52} not measured"
    bounds = f"[{figure.low:.3f}, {figure.high:.3f}]" if figure.low is not None else ""
    least = f">= {figure.least:g}" if figure.least is not None else ""
    most = f"<= {figure.most:g}" if figure.most is not None else ""
    verdict = {True: "reached", False: "NOT reached", None: ""}[figure.reached]
    bar = " ".join(filter(None, [least, most]))
    return (
        f"  {name:<52} {figure.value:>8.3f} {bounds:<18} {bar:<14} {verdict}".rstrip()
    )
