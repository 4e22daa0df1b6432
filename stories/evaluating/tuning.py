"""Which words make a model keep the tone it is asked for: a search over a few."""

from collections.abc import Sequence
from dataclasses import dataclass

from stories.evaluating import grid
from stories.evaluating.grid import Say, Told
from stories.evaluating.measures import recall
from stories.evaluating.openings import SIX, Opening
from training.engine import Engine
from training.services import guide

#: Only the words are compared: with candidates to choose from, all would look alike.
LAYERS = ("conditioning",)


@dataclass(frozen=True)
class Tried:
    """What came of one phrasing, as the guide reads it."""

    line: str
    score: float
    worst: float
    names: float | None
    n: int

    @property
    def rank(self) -> tuple[float, float]:
        return self.score, self.worst


def try_out(
    engine: Engine,
    openings: Sequence[Opening],
    lines: Sequence[str],
    *,
    seeds: int,
    max_tokens: int,
    say: Say,
) -> list[Tried]:
    """Every phrasing on the same openings, tones and seeds."""
    return [
        tried(
            line,
            grid.write(
                engine,
                openings,
                line,
                LAYERS,
                seeds=seeds,
                max_tokens=max_tokens,
                say=say,
                phrasing=line,
            ),
        )
        for line in lines
    ]


def tried(line: str, told: Sequence[Told]) -> Tried:
    hits: dict[str, list[bool]] = {}
    for each in told:
        tone = each.task.tone
        hits.setdefault(tone, []).append(heard(each.text) == tone)
    shares = [sum(found) / len(found) for found in hits.values()]
    right = sum(sum(found) for found in hits.values())
    names = recall(told)
    return Tried(
        line,
        round(right / len(told), 4),
        round(min(shares), 4),
        None if names is None else round(names, 4),
        len(told),
    )


def heard(text: str) -> str | None:
    six = [name for name, _ in guide().measure(text).tones if name in SIX]
    return six[0] if six else None


def best_of(tried: Sequence[Tried]) -> Tried:
    """The best that forgets no more names than the first, plain one; a tie changes
    nothing."""
    plain = tried[0]
    kept = [one for one in tried if (one.names or 0.0) >= (plain.names or 0.0)]
    return max(kept, key=lambda one: one.rank)
