"""Are the hard asks kept? Learning stories made by the product's own way, and counted.

Goals, levels and pupils are made up here, in words the composer has no list of. Every
figure is counted anew from the finished text; nothing is taken from its own report
but what a teacher would be shown as reached, which must never be more than is there.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from statistics import mean

from stories.lessons.answering import answerable
from stories.lessons.compose import compose
from stories.lessons.drawing import name_in
from stories.lessons.level import BANDS, measure
from stories.lessons.questions import ask_about
from stories.lessons.values import Asked, Draft, Wish, Word
from stories.lessons.words import TIMES, interest_in, times
from training.engine import Engine, EngineError

AT_ONCE = 4
BARS = {"words": 0.95, "level": 0.70, "hero and interest": 0.90, "facts": 0.95,
        "answerable": 0.40}  # fmt: skip


@dataclass(frozen=True)
class Lesson:
    goal: str
    words: tuple[Word, ...]
    facts: tuple[str, ...]


LESSONS = (
    Lesson(
        "How plants grow from seeds",
        (
            Word("seed", "thing", "the small part a plant grows from"),
            Word("soil", "stuff", "the earth that plants grow in"),
            Word("sprout", "action", "to begin to grow"),
        ),
        ("A seed needs water and warmth.", "Roots drink water from the soil."),
    ),
    Lesson(
        "Being brave and asking for help",
        (
            Word("courage", "stuff", "doing something although you are afraid"),
            Word("nervous", "quality", "a little afraid of what may happen"),
        ),
        ("It is all right to ask a grown-up for help.",),
    ),
    Lesson(
        "Where rain comes from",
        (
            Word("cloud", "thing", "many tiny drops of water in the sky"),
            Word("puddle", "thing", "a little water on the ground after rain"),
            Word("evaporate", "action", "to turn from water into air"),
            Word("damp", "quality", "a little wet"),
        ),
        ("Clouds are made of tiny drops of water.", "Warm water evaporates faster."),
    ),
    Lesson(
        "Looking after something that is old",
        (
            Word("clock", "thing", "a thing that shows the time"),
            Word("repair", "action", "to make a broken thing work again"),
            Word("fragile", "quality", "easy to break"),
        ),
        ("A pendulum swings at an even pace.",),
    ),
)
PUPILS = (
    ("Mira", "she", ("old trains",)),
    ("Tobiah", "he", ("football", "baking")),
    ("Yun-seo", "they", ("drawing cats",)),
    ("Ana", "she", ("the stars", "swimming")),
    ("Kwame", "he", ("dinosaurs",)),
    ("Lio", "they", ("playing the drums",)),
)


@dataclass
class Row:
    """One story and what was found in it."""

    wish: Wish
    draft: Draft | None = None
    questions: list[Asked] = field(default_factory=list)
    seconds: float = 0.0
    error: str = ""


def wishes(count: int, seed: int) -> list[Wish]:
    """Goals times levels times pupils; more pupils, then other seeds, for more."""
    rows = []
    for turn in range(1 + count // (len(LESSONS) * len(BANDS) * len(PUPILS))):
        for at, (pupil, lesson, level) in enumerate(
            product(PUPILS, LESSONS[:3], BANDS)
        ):
            lesson = LESSONS[(LESSONS.index(lesson) + turn) % len(LESSONS)]
            name, pronoun, interests = pupil
            others = tuple(other for other, *_rest in PUPILS if other != name)
            rows.append(
                Wish(
                    hero=name, pronoun=pronoun, interests=interests,
                    words=lesson.words, facts=lesson.facts, goal=lesson.goal,
                    level=level, others=others, seed=seed + 1000 * turn + at,
                )
            )  # fmt: skip
    return rows[:count]


def run(engine: Engine, count: int, seed: int) -> Iterator[Row]:
    with ThreadPoolExecutor(AT_ONCE, "evaluate") as pool:
        yield from pool.map(lambda wish: one(engine, wish), wishes(count, seed))


def one(engine: Engine, wish: Wish) -> Row:
    begun = time.perf_counter()
    try:
        draft = compose(engine, wish)
    except EngineError as error:
        return Row(wish, error=str(error), seconds=time.perf_counter() - begun)
    row = Row(wish, draft, ask_about(draft, wish))
    row.seconds = time.perf_counter() - begun
    return row


def figures(rows: list[Row]) -> dict:
    """What was reached, each beside its bar. A story that failed reached nothing."""
    checks = [checked(row) for row in rows]
    asked = [q for row in rows for q in answers_of(row)]
    lines = [line for row in rows if row.draft for line in row.draft.lines]

    def share(name: str) -> float:
        return round(mean(c[name] for c in checks), 3)

    both = mean(q["with"] - q["without"] for q in asked) if asked else 0.0
    return {
        "stories": len(rows),
        "failed": sum(row.draft is None for row in rows),
        "words": share("words"),
        "level": share("level"),
        "level by band": {
            band: round(mean(c["level"] for c in checks if c["band"] == band), 3)
            for band in BANDS
            if any(c["band"] == band for c in checks)
        },
        "hero and interest": share("hero and interest"),
        "facts": share("facts"),
        "shown as reached and not so": sum(c["false"] for c in checks),
        "repairs": share("repairs"),
        "questions": len(asked),
        "answerable with": round(mean(q["with"] for q in asked), 3) if asked else 0,
        "answerable without": round(mean(q["without"] for q in asked), 3)
        if asked else 0,
        "answerable": round(both, 3),
        "sentences by source": {
            source: round(sum(x.source == source for x in lines) / len(lines), 3)
            for source in ("model", "begun", "fact", "composed")
        } if lines else {},
        "seconds a story": round(mean(row.seconds for row in rows), 2),
        "bars": BARS,
        "reached": {
            name: bool((both if name == "answerable" else share(name)) >= bar)
            for name, bar in BARS.items()
        },
    }  # fmt: skip


def checked(row: Row) -> dict:
    wish, draft = row.wish, row.draft
    if draft is None or draft.report is None:
        nothing = dict.fromkeys(
            ("words", "level", "hero and interest", "facts", "false", "repairs"), 0
        )
        return nothing | {"band": wish.level}
    found = measure(draft.text, (wish.hero,))
    held = times(wish.words, [line.text for line in draft.lines])
    interest = any(interest_in(draft.text, i) for i in wish.interests)
    reached = found is not None and found.is_in(wish.level)
    return {
        "band": wish.level,
        "words": all(count >= TIMES for count in held.values()),
        "level": reached,
        "hero and interest": name_in(draft.text, wish.hero) and interest,
        "facts": all(fact in draft.text for fact in wish.facts),
        "false": draft.report.level["reached"] and not reached,
        "repairs": draft.report.repairs,
    }


def answers_of(row: Row) -> list[dict]:
    if row.draft is None:
        return []
    return [answerable(q, row.draft.text) for q in row.questions if q.options]


def sheet(rows: list[Row], count: int) -> list[dict]:
    """Questions for a fresh reader, spread over the stories, keys apart."""
    told = [
        (row, question)
        for row in rows
        if row.draft
        for question in row.questions
        if question.options
    ]
    chosen = told[:: max(1, len(told) // count)][:count]
    return [
        {
            "id": number,
            "story": row.draft.text if row.draft else "",
            "kind": question.kind,
            "question": question.text,
            "options": list(question.options),
            "key": question.key,
        }
        for number, (row, question) in enumerate(chosen, 1)
    ]
