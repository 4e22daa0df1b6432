"""Stories of eight passages along each of the six shapes, judged passage by passage."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from stories import prompts
from stories.arcs import tones, voice
from stories.arcs.plan import aim
from stories.arcs.shapes import SHAPES, Arc, correlation, make_arc, nearest_shape
from stories.evaluating.grid import AT_ONCE, Say
from stories.evaluating.measures import Figure
from stories.evaluating.openings import Opening
from stories.models import Author, Creativity, Length
from stories.writing import sampling_for
from training.engine import Engine
from training.engine.judge import Judge
from training.services import measure

PASSAGES = 8


@dataclass(frozen=True)
class Course:
    """A story's course: as planned, and as the judge hears it."""

    opening: str
    shape: str
    heard: tuple[float, ...]

    @property
    def planned(self) -> list[float]:
        return make_arc(self.shape, passages=PASSAGES).planned()


def write(
    engine: Engine,
    openings: Sequence[Opening],
    layers: Sequence[str],
    judge: Judge,
    *,
    stories: int,
    say: Say,
) -> list[Course]:
    work = [(shape, n) for n in range(stories) for shape in SHAPES]

    def one(job: tuple[str, int]) -> Course:
        shape, number = job
        opening = openings[number % len(openings)]
        arc = make_arc(shape, passages=PASSAGES)
        return course(engine, opening, arc, layers, judge, seed=number * 100)

    found = []
    with ThreadPoolExecutor(AT_ONCE, "arcs") as pool:
        for number, each in enumerate(pool.map(one, work), 1):
            found.append(each)
            if number % len(SHAPES) == 0:
                say(f"arcs: {number} of {len(work)} stories")
    return found


def course(
    engine: Engine,
    opening: Opening,
    arc: Arc,
    layers: Sequence[str],
    judge: Judge,
    *,
    seed: int,
) -> Course:
    path = [prompts.Told(opening.text, Author.PERSON.value)]
    heard: list[float] = []
    before: float | None = None
    for number in range(PASSAGES):
        wanted = aim(arc, number, before)
        text = passage(engine, path, arc.at(number), wanted, layers, seed + number)
        read = measure(text)
        before = read["valence"] if read else None
        told = (read["tone"] if read else "") if layers else ""
        path.append(prompts.Told(text, Author.MODEL.value, told))
        verdict = judge.read(text)
        heard.append(verdict.valence if verdict else 0.0)
    return Course(opening.id, arc.shape, tuple(heard))


def passage(
    engine: Engine,
    path: list[prompts.Told],
    planned: float,
    wanted: float,
    layers: Sequence[str],
    seed: int,
) -> str:
    length = Length.SHORT
    sampling = sampling_for(
        engine, length=length, creativity=Creativity.BALANCED, seed=seed
    )
    name = tones.nearest(wanted)
    assembled = prompts.fit(
        engine=engine,
        room=sampling.max_tokens,
        story=prompts.Settings(length=length.value),
        profile=prompts.About(),
        experiences=(),
        path=path,
        ask=prompts.Ask(tone=name if "conditioning" in layers else ""),
    )
    target = {"tone": name, "valence": wanted, "planned": planned, "strength": 1.0}
    run = voice.speak(
        engine,
        assembled.prompt,
        sampling,
        target=target | {"as": name, "source": "arc"} if layers else None,
        before=" ".join(told.text for told in path[-3:]),
        layers=layers,
        hurry=False,
    )
    pieces = run.pieces() if run else engine.generate(assembled.prompt, sampling)
    return "".join(piece.text for piece in pieces).strip()


def figures(courses: Sequence[Course], *, bars: bool = True) -> dict[str, Figure]:
    rs = np.array([correlation(c.planned, c.heard) or 0.0 for c in courses])
    hits = np.array([float(nearest_shape(c.heard) == c.shape) for c in courses])
    return {
        "arc, Pearson": bounded(rs, 0.60 if bars else None),
        "arc, shape of six": bounded(hits, 0.70 if bars else None),
    }


def shifted(courses: Sequence[Course]) -> list[Course]:
    """Each course against the plan of another shape: what comes by chance."""
    names = list(SHAPES)
    return [
        Course(c.opening, names[(names.index(c.shape) + 1 + at % 5) % 6], c.heard)
        for at, c in enumerate(courses)
    ]


def bounded(values: np.ndarray, least: float | None) -> Figure:
    if not len(values):
        return Figure(None, least=least)
    dice = np.random.default_rng(0).integers(0, len(values), (1000, len(values)))
    low, high = np.percentile(values[dice].mean(axis=1), [2.5, 97.5])
    return Figure(
        round(float(values.mean()), 4),
        round(float(low), 4),
        round(float(high), 4),
        len(values),
        least,
    )
