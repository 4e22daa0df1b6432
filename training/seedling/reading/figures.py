"""A figure, its bounds, and the bar it must reach."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

DRAWS = 1000


@dataclass(frozen=True)
class Bar:
    """What must be reached. `least` and `most` count as reached, `below` does not."""

    least: float | None = None
    most: float | None = None
    below: float | None = None

    def __str__(self) -> str:
        signs = ((">=", self.least), ("<=", self.most), ("<", self.below))
        return " ".join(f"{sign} {bar:g}" for sign, bar in signs if bar is not None)

    def reached(self, value: float) -> bool:
        return (
            (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            and (self.below is None or value < self.below)
        )


@dataclass(frozen=True)
class Figure:
    name: str
    value: float | None  # None: could not be measured, `note` says why
    low: float | None = None
    high: float | None = None
    bar: Bar | None = None
    note: str = ""

    @property
    def reached(self) -> bool | None:
        if self.bar is None or self.value is None:
            return None
        return self.bar.reached(self.value)

    @property
    def verdict(self) -> str:
        if self.bar is None:
            return "printed"
        if self.value is None:
            return "not measured"
        return "reached" if self.reached else "not reached"

    def as_dict(self) -> dict:
        found = asdict(self) | {"bar": str(self.bar or ""), "reached": self.reached}
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in found.items()}


def resampled(count: int) -> np.ndarray:
    """Bootstrap samples of `count` headers, the same whenever it is asked."""
    return np.random.default_rng(7).integers(0, count, (DRAWS, count))


def bounds(values: np.ndarray) -> tuple[float, float]:
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def share(
    name: str, hits: Sequence[Sequence[bool]], bar: Bar | None = None, note: str = ""
) -> Figure:
    """`hits`: what each header asked for, and whether it was met.

    Headers are drawn again, not single hits: two names of one story are no two tries.
    """
    asked = [header for header in hits if header]
    if not asked:
        return Figure(name, None, bar=bar, note="no header asks for it")
    met = np.array([sum(header) for header in asked], float)
    of = np.array([len(header) for header in asked], float)
    rows = resampled(len(asked))
    low, high = bounds(met[rows].sum(1) / of[rows].sum(1))
    return Figure(name, float(met.sum() / of.sum()), low, high, bar, note)


def statistic(
    name: str,
    values: Sequence[float],
    of: Callable[..., np.ndarray] = np.mean,
    bar: Bar | None = None,
    note: str = "",
) -> Figure:
    """`of` is a numpy reduction (it is called with `axis`) of one value a header."""
    if not len(values):
        return Figure(name, None, bar=bar, note="nothing to measure")
    each = np.array(values, float)
    low, high = bounds(of(each[resampled(len(each))], axis=1))
    return Figure(name, float(of(each, axis=0)), low, high, bar, note)


def table(figures: list[Figure]) -> str:
    rows = ["| measure | figure | 95 % | bar | |", "|---|---|---|---|---|"]
    for figure in figures:
        value = "" if figure.value is None else f"{figure.value:.3f}".rstrip("0")
        spread = ""
        if figure.low is not None and figure.high is not None:
            spread = f"{figure.low:.3f} to {figure.high:.3f}"
        name = f"{figure.name} ({figure.note})" if figure.note else figure.name
        rows.append(
            f"| {name} | {value.rstrip('.')} | {spread} | {figure.bar or ''} "
            f"| {figure.verdict} |"
        )
    return "\n".join(rows)
