"""Figures with bounds: shares and means, by bootstrap over the openings."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from stories.evaluating.grid import Told
from stories.evaluating.openings import BRIGHT, DARK, SIX
from training.engine.guide import Guide
from training.engine.guide.features import words
from training.engine.judge import Judge
from training.engine.judge.trigrams import Trigrams

RESAMPLES = 1000
#: Words of each text, so that length does not decide.
FIRST = 40


@dataclass(frozen=True)
class Figure:
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    least: float | None = None
    most: float | None = None

    @property
    def reached(self) -> bool | None:
        if self.value is None or (self.least is None and self.most is None):
            return None
        above = self.least is None or self.value >= self.least
        return above and (self.most is None or self.value <= self.most)

    def as_dict(self) -> dict[str, Any]:
        found = {k: v for k, v in asdict(self).items() if v is not None}
        return found if self.reached is None else found | {"reached": self.reached}


@dataclass(frozen=True)
class Heard:
    """A passage with what guide and judge made of it; None: not to be judged."""

    told: Told
    judge_tone: str | None
    judge_valence: float | None
    guide_tone: str | None
    guide_valence: float | None

    @property
    def tone(self) -> str:
        return self.told.task.tone

    @property
    def opening(self) -> str:
        return self.told.task.opening.id

    @property
    def mood(self) -> str:
        return self.told.task.opening.mood


def hear(told: Sequence[Told], judge: Judge, guide: Guide) -> list[Heard]:
    verdicts: dict[str, tuple] = {}
    for each in told:
        if each.text not in verdicts:
            verdict, reading = judge.read(each.text), guide.measure(each.text)
            six = [name for name, _ in reading.tones if name in SIX]
            verdicts[each.text] = (
                verdict and verdict.of(SIX),
                verdict and verdict.valence,
                six[0] if six else None,
                reading.valence,
            )
    return [Heard(each, *verdicts[each.text]) for each in told]


def share(
    heard: Sequence[Heard],
    hit: Callable[[Heard], bool],
    least: float | None = None,
) -> Figure:
    return mean([(h.opening, float(hit(h))) for h in heard], least=least)


def mean(
    rows: Sequence[tuple[str, float]],
    least: float | None = None,
    most: float | None = None,
) -> Figure:
    """The mean, with 95 % bounds by bootstrap over openings."""
    if not rows:
        return Figure(None, least=least, most=most)
    names = {name: at for at, name in enumerate(dict.fromkeys(n for n, _ in rows))}
    sums, counts = np.zeros(len(names)), np.zeros(len(names))
    for name, value in rows:
        sums[names[name]] += value
        counts[names[name]] += 1
    drawn = np.random.default_rng(0).integers(0, len(names), (RESAMPLES, len(names)))
    found = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.percentile(found, [2.5, 97.5])
    value = sums.sum() / counts.sum()
    return Figure(
        round(float(value), 4),
        round(float(low), 4),
        round(float(high), 4),
        len(rows),
        least,
        most,
    )


def right_side(h: Heard) -> bool:
    wanted = 1 if h.tone in BRIGHT else -1
    return h.judge_valence is not None and h.judge_valence * wanted > 0


def guide_right_side(h: Heard) -> bool:
    wanted = 1 if h.tone in BRIGHT else -1
    return h.guide_valence is not None and h.guide_valence * wanted > 0


def right_tone(h: Heard) -> bool:
    return h.judge_tone == h.tone


def control(heard: Sequence[Heard], judge_top_1: float) -> dict[str, Figure]:
    """Does it sound as asked? The worst direction and the worst tone come first."""
    neutral = [h for h in heard if h.mood == "neutral"]
    sides = {
        "bright": share([h for h in neutral if h.tone in BRIGHT], right_side),
        "dark": share([h for h in neutral if h.tone in DARK], right_side),
    }
    opposing = [h for h in heard if h.mood != "neutral"]
    each = {
        tone: share([h for h in neutral if h.tone == tone], right_tone) for tone in SIX
    }
    found: dict[str, Figure] = {}
    found["tone, worst of six, share of the judge's own"] = scaled(
        worst(each), judge_top_1, 0.50
    )
    found["tone, mean of six, share of the judge's own"] = scaled(
        share(neutral, right_tone), judge_top_1, 0.80
    )
    found["tone, mean of six"] = share(neutral, right_tone)
    found["valence, neutral openings, worst direction"] = with_bar(worst(sides), 0.85)
    found["valence, opposing mood"] = share(opposing, right_side, 0.50)
    for name, figure in sides.items():
        found[f"- valence, neutral openings, {name}"] = figure
    for mood, name in (("dark", "to bright"), ("bright", "to dark")):
        figure = share([h for h in opposing if h.mood == mood], right_side)
        found[f"- valence, opposing mood, {name}"] = figure
    for tone, figure in each.items():
        found[f"- tone, {tone}"] = figure
    clear = [h for h in neutral if h.tone in BRIGHT + DARK]
    found["guide minus judge, tone, points"] = points(
        neutral, lambda h: h.guide_tone == h.tone, right_tone
    )
    found["guide minus judge, valence, points"] = points(
        clear, guide_right_side, right_side
    )
    return found


def worst(figures: dict[str, Figure]) -> Figure:
    known = [figure for figure in figures.values() if figure.value is not None]
    return min(known, key=lambda f: f.value or 0.0, default=Figure(None))


def with_bar(figure: Figure, least: float) -> Figure:
    return Figure(figure.value, figure.low, figure.high, figure.n, least)


def scaled(figure: Figure, by: float, least: float) -> Figure:
    parts = (figure.value, figure.low, figure.high)
    value, low, high = (None if p is None else round(p / by, 4) for p in parts)
    return Figure(value, low, high, figure.n, least)


def points(
    heard: Sequence[Heard],
    guide: Callable[[Heard], bool],
    judge: Callable[[Heard], bool],
) -> Figure:
    rows = [(h.opening, 100.0 * (guide(h) - judge(h))) for h in heard]
    return mean(rows, most=15.0)


# --- the prose ----------------------------------------------------------------------


def prose(
    told: Sequence[Told], plain: Sequence[Told], model: Trigrams | None
) -> dict[str, Figure]:
    """What the control cost the writing, against unguided passages."""
    repeated = [(t.task.opening.id, repeats(t.text)) for t in told]
    ratio = distinct(told) / distinct(plain) if distinct(plain) else None
    kept, before = recall(told), recall(plain)
    known = kept is not None and before is not None
    lost = round((before or 0.0) - (kept or 0.0), 4) if known else None
    return {
        "repeated 4-grams": mean(repeated, most=0.05),
        "distinct-3 over unguided": Figure(
            ratio and round(ratio, 4), n=len(told), least=0.95
        ),
        "perplexity over unguided": perplexity_ratio(told, plain, model),
        "name recall lost": Figure(lost, n=len(told), most=0.03),
        "words a passage": mean(
            [(t.task.opening.id, float(len(t.text.split()))) for t in told]
        ),
    }


def perplexity_ratio(
    told: Sequence[Told], plain: Sequence[Told], model: Trigrams | None
) -> Figure:
    if model is None:
        return Figure(None, least=0.8, most=1.3)

    def nats(texts: Sequence[Told]) -> float:
        found = [model.surprise(t.text) for t in texts]
        return sum(n for n, _ in found) / max(1, sum(c for _, c in found))

    ratio = float(np.exp(nats(told) - nats(plain)))
    return Figure(round(ratio, 4), n=len(told), least=0.8, most=1.3)


def grams(text: str, size: int, first: int | None = None) -> list[tuple[str, ...]]:
    found = words(text)[:first]
    return list(zip(*(found[at:] for at in range(size)), strict=False))


def repeats(text: str) -> float:
    counts = Counter(grams(text, 4))
    return sum(c - 1 for c in counts.values()) / max(1, sum(counts.values()))


def distinct(told: Sequence[Told], draws: int = 60) -> float:
    """Distinct 3-grams in pools of one passage an opening: several passages of one
    opening are alike, and conditions differ in how many they have."""
    families: dict[str, list[list[tuple[str, ...]]]] = {}
    for each in told:
        family = families.setdefault(each.task.opening.id, [])
        family.append(grams(each.text, 3, FIRST))
    dice = np.random.default_rng(0)
    found = []
    for _ in range(draws):
        pool = [family[dice.integers(len(family))] for family in families.values()]
        total = sum(map(len, pool))
        found.append(len(set().union(*pool)) / total if total else 0.0)
    return float(np.mean(found)) if found else 0.0


def recall(told: Sequence[Told]) -> float | None:
    """The share of passages that call somebody of their opening by name."""
    named = [t for t in told if t.task.opening.names]
    kept = [any(n in t.text for n in t.task.opening.names) for t in named]
    return float(np.mean(kept)) if kept else None
