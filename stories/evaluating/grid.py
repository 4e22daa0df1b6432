"""What is written for an evaluation, and how it is written: as `weave` would."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from stories.evaluating.openings import Opening
from stories.weaving import Wish, Woven, weave
from training.engine import Engine

AT_ONCE = 5
UNGUIDED = "unguided"
#: Name of a condition -> the layers that are on.
CONDITIONS: dict[str, tuple[str, ...]] = {
    UNGUIDED: (),
    "conditioning": ("conditioning",),
    "contrast": ("conditioning", "contrast"),
    "candidates": ("conditioning", "candidates"),
    "candidates alone": ("candidates",),
    "retry": ("conditioning", "candidates", "retry"),
    "all": ("conditioning", "contrast", "candidates", "retry"),
}
DEFAULT = (UNGUIDED, "conditioning", "all")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    opening: Opening
    tone: str
    seed: int


@dataclass(frozen=True)
class Told:
    """One passage of the grid."""

    task: Task
    text: str
    seconds: float


def tasks(openings: Sequence[Opening], seeds: int, *, toneless: bool) -> list[Task]:
    """Every opening with every tone it is asked for; unguided text is asked none."""
    return [
        Task(opening, tone, 7919 * seed + number)
        for number, opening in enumerate(openings)
        for seed in range(1, seeds + 1)
        for tone in (("",) if toneless else opening.tones)
    ]


def write(
    engine: Engine,
    openings: Sequence[Opening],
    condition: str,
    layers: Sequence[str],
    *,
    seeds: int,
    max_tokens: int,
    say: Say,
    phrasing: str = "",
) -> list[Told]:
    work = tasks(openings, seeds, toneless=condition == UNGUIDED)
    began = time.monotonic()

    def one(task: Task) -> Told:
        woven = tell(engine, task, layers, max_tokens, phrasing)
        return Told(task, woven.text, woven.seconds)

    told = []
    with ThreadPoolExecutor(AT_ONCE, "evaluate") as pool:
        for number, each in enumerate(pool.map(one, work), 1):
            told.append(each)
            if number % 100 == 0:
                say(f"{condition}: {number} of {len(work)}")
    took = time.monotonic() - began
    say(f"{condition}: {len(told)} passages in {took:.0f} s")
    return told


def tell(
    engine: Engine,
    task: Task,
    layers: Sequence[str],
    max_tokens: int,
    phrasing: str = "",
) -> Woven:
    wish = Wish(
        task.opening.text,
        task.opening.id,
        task.tone,
        max_tokens=max_tokens,
        seed=task.seed,
    )
    return weave(engine, wish, layers, phrasing=phrasing)


def against_targets(
    told: Sequence[Told], openings: Sequence[Opening]
) -> Iterator[Told]:
    """Unguided passages, as if each had been asked for every tone of its opening."""
    for each in told:
        for tone in each.task.opening.tones:
            yield Told(
                Task(each.task.opening, tone, each.task.seed), each.text, each.seconds
            )


def shuffled(told: Sequence[Told]) -> list[Told]:
    """Each passage with the tone that the next one of its opening was asked for.

    Neutral openings only: the tones asked after a mood are all of one side.
    """
    by_opening: dict[tuple[str, int], list[Told]] = {}
    for each in told:
        if each.task.opening.mood != "neutral":
            continue
        by_opening.setdefault((each.task.opening.id, each.task.seed), []).append(each)
    return [
        Told(
            Task(each.task.opening, other.task.tone, each.task.seed),
            each.text,
            each.seconds,
        )
        for family in by_opening.values()
        for each, other in zip(family, [*family[1:], family[0]], strict=True)
    ]
