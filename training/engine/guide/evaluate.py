"""How far the guide agrees with labels it has never seen."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.engine.guide.labels import PLACE, Line
from training.engine.guide.measure import Guide, PassageReading
from training.engine.guide.passages import Written

RESAMPLES = 2_000


@dataclass(frozen=True, slots=True)
class Case:
    """A text, the tone people gave it, and whether it is pleasant (+1, -1 or 0)."""

    text: str
    tone: str | None
    sign: int


def written_cases(guide: Guide, passages: Sequence[Written]) -> list[Case]:
    """Wistful and neutral have no clear sign, so they say nothing of valence."""
    sign = {tone.name: sign_of(tone.centre[0]) for tone in guide.tones}
    return [Case(p.text, p.tone, sign[p.tone]) for p in passages]


def sign_of(valence: float) -> int:
    return 0 if abs(valence) < 0.25 else 1 if valence > 0 else -1


def line_cases(lines: Sequence[Line]) -> list[Case]:
    cases = []
    for line in lines:
        if line.part != "measure":
            continue
        signs = {sign_of(PLACE[emotion][0]) for emotion in line.emotions}
        sign = signs.pop() if len(signs) == 1 else 0
        if line.tone or sign:
            cases.append(Case(line.text, line.tone, sign))
    return cases


def agreement(guide: Guide, cases: Sequence[Case]) -> dict:
    readings = [guide.measure(case.text) for case in cases]
    told = [
        (case, reading)
        for case, reading in zip(cases, readings, strict=True)
        if reading.measured
    ]
    named = [(case, reading) for case, reading in told if case.tone]
    signed = [(case, reading) for case, reading in told if case.sign]
    names = [tone.name for tone in guide.tones]
    return {
        "texts": len(cases),
        "not_measured": len(cases) - len(told),
        "top_1": share([first(c, r) for c, r in named]),
        "top_2": share([c.tone in [n for n, _ in r.tones[:2]] for c, r in named]),
        "confidence": round(float(np.mean([r.confidence for _, r in named])), 3),
        "valence_sign": share([(r.valence or 0) * c.sign > 0 for c, r in signed]),
        "valence_sign_vader_alone": share(
            [vader(guide, c.text) * c.sign > 0 for c, _ in signed]
        ),
        "by_tone": {
            name: share([first(c, r) for c, r in named if c.tone == name])
            for name in names
            if any(c.tone == name for c, _ in named)
        },
        "confusion": {
            name: [
                sum(c.tone == name and r.tone == read for c, r in named)
                for read in names
            ]
            for name in names
        },
    }


def first(case: Case, reading: PassageReading) -> bool:
    return reading.tone == case.tone


def vader(guide: Guide, text: str) -> float:
    return guide.vader.polarity_scores(text)["compound"]


def share(hits: Sequence[bool]) -> dict:
    """The share of hits with its 95 % bounds, by bootstrap over the texts."""
    if not hits:
        return {"n": 0}
    found = np.array(hits, dtype=float)
    rows = np.random.default_rng(0).integers(0, len(found), (RESAMPLES, len(found)))
    low, high = np.percentile(found[rows].mean(axis=1), [2.5, 97.5])
    return {
        "n": len(found),
        "share": round(float(found.mean()), 3),
        "low": round(float(low), 3),
        "high": round(float(high), 3),
    }


def pace(guide: Guide, texts: Sequence[str]) -> dict:
    taken = []
    for text in texts:
        start = time.perf_counter()
        guide.measure(text)
        taken.append(1000 * (time.perf_counter() - start))
    return {
        "median_ms": round(float(np.median(taken)), 2),
        "p95_ms": round(float(np.percentile(taken, 95)), 2),
    }
