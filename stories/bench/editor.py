"""From a sent message to the first words on the screen, beside the bare model.

Every round measures the product and then transformers' own `generate` on the same
weights, prompts and number of threads; a ratio is taken within its round. Between the
two lie the socket, the database, the queue, the batch and the way back.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import NamedTuple

from stories import prompts
from stories.bench.browser import Browser, Tab
from stories.bench.product import Product
from stories.models import Length
from stories.writing import TOKENS
from training.engine.base import Prompt
from training.engine.local.bench import p95
from training.engine.local.yardstick import Yardstick

TITLE = "The lighthouse"
PROMPT_TOKENS, MANY = 700, 8
ONES = 3  # first words for one person alone, in a round
WRITING_PATIENCE = 300  # seconds; a busy machine may be slow, and says so


def prompt_of(text: str, bare: Yardstick) -> Prompt:
    """What the product makes of a story that has this one passage."""
    return prompts.fit(
        engine=bare,
        room=TOKENS[Length.SHORT],
        story=prompts.Settings(title=TITLE, length="short"),
        profile=prompts.About(),
        experiences=[],
        path=[prompts.Told(text, "person")],
        ask=prompts.Ask(),
    ).prompt


def long_text(tokens: int, number: int, words: Sequence[str], bare: Yardstick) -> str:
    """A text that makes a prompt of about so many tokens."""
    text = f"{words[number % len(words)]} "
    while bare.length(prompt_of(text, bare)) < tokens:
        text += " ".join(words[(number + i) % len(words)] for i in range(10)) + ". "
    return text


class Took(NamedTuple):
    """Seconds, and seconds of work on a core, which other programs do not stretch."""

    seconds: float
    core: float


class Stopwatch:
    def __init__(self, core_seconds: Callable[[], float] = time.process_time):
        self.core_seconds = core_seconds
        self.began = time.perf_counter(), core_seconds()

    def took(self) -> Took:
        return Took(
            time.perf_counter() - self.began[0], self.core_seconds() - self.began[1]
        )


@dataclass
class Desk:
    """One person, their story, and the passage after which everything is asked."""

    tab: Tab
    after: int
    product: Product

    def first_piece(self) -> Took:
        """Ask for a passage; what it took until its first words are here."""
        since = Stopwatch(self.product.core_seconds)
        key = self.tab.send(
            "passage.request", mode="continue", text="", parent=self.after
        )
        self.passage = 0
        while True:
            event = self.tab.next(WRITING_PATIENCE)
            if event["type"] == "ack" and event["key"] == key:
                self.passage = event["passage"]
            elif event["type"] == "error":
                raise RuntimeError(event["message"])
            elif event["type"] == "passage.chunk":
                return since.took()

    def finish(self) -> str:
        event = self.tab.until("passage.finished", patience=WRITING_PATIENCE)
        if event["status"] not in ("finished", "stopped"):
            raise RuntimeError(event["error"])
        self.tab.events.clear()
        return event["text"]

    def stop(self) -> None:
        while not self.passage:  # the first words came before the answer
            event = self.tab.next()
            if event["type"] == "ack":
                self.passage = event["passage"]
        self.tab.send("passage.stop", passage=self.passage)
        self.finish()


def desks(product: Product, texts: Sequence[str], stack: ExitStack) -> Iterator[Desk]:
    for number, text in enumerate(texts):
        person = Browser(product.address)
        person.sign_up(f"person{number}@example.org")
        story = person.start_story(title=TITLE)
        tab = stack.enter_context(person.tab(story))
        tab.send("story.set", field="length", value="short")
        tab.until("ack")
        yield Desk(tab, tab.ask(text, mode="write"), product)


def measure(
    product: Product,
    bare: Yardstick,
    words: Sequence[str],
    *,
    rounds: int,
    continuous: bool,
    say: Callable[[str], object],
) -> dict[str, float]:
    texts = [long_text(PROMPT_TOKENS, number, words, bare) for number in range(MANY)]
    asked = [prompt_of(text, bare) for text in texts]
    found: list[dict[str, float]] = []
    with ExitStack() as stack:
        people = list(desks(product, texts, stack))
        say("warming up")
        measure_one(people[0], bare, asked[:1])
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}")
            one = [measure_one(people[0], bare, asked[:1]) for _ in range(ONES)]
            found.append(medians(one) | measure_many(people, bare, asked))
    figures = {"prompt_tokens": bare.length(asked[0]), **medians(found)}
    if continuous:
        say("transformers' continuous batching, once")
        new = round(figures["many_tokens"] / MANY)
        figures["many_rate_continuous"] = bare.continuous(asked, new).rate
    return figures


def measure_one(
    desk: Desk, bare: Yardstick, asked: Sequence[Prompt]
) -> dict[str, float]:
    ours = desk.first_piece()
    desk.stop()
    since = Stopwatch()
    bare.first(asked)
    theirs = since.took()
    return {
        "one_first": ours.seconds,
        "one_first_bare": theirs.seconds,
        "one_first_ratio": ours.seconds / theirs.seconds,
        "one_first_core_ratio": ours.core / theirs.core,
    }


def measure_many(
    people: Sequence[Desk], bare: Yardstick, asked: Sequence[Prompt]
) -> dict[str, float]:
    """All ask at once and read to the end; then the same as one static batch."""
    since = Stopwatch(people[0].product.core_seconds)
    with ThreadPoolExecutor(len(people)) as at_once:
        firsts = list(at_once.map(Desk.first_piece, people))
        passages = list(at_once.map(Desk.finish, people))
    all_read = since.took()
    tokens = sum(bare.count(text) for text in passages)
    since = Stopwatch()
    bare.first(asked)
    first_bare = since.took()
    since = Stopwatch()
    bare.static(asked, new := round(tokens / len(people)))
    all_bare = since.took()
    first = Took(*(p95(column) for column in zip(*firsts, strict=True)))
    ahead = tokens / (new * len(people))  # how much more was written than there
    return {
        "many_first_median": statistics.median(took.seconds for took in firsts),
        "many_first_p95": first.seconds,
        "many_first_bare": first_bare.seconds,
        "many_first_ratio": first.seconds / first_bare.seconds,
        "many_first_core_ratio": first.core / first_bare.core,
        "many_tokens": tokens,
        "many_rate": tokens / all_read.seconds,
        "many_rate_bare": new * len(people) / all_bare.seconds,
        "many_rate_ratio": ahead * all_bare.seconds / all_read.seconds,
        "many_rate_core_ratio": ahead * all_bare.core / all_read.core,
    }


def medians(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Of every figure, ratios too: each was taken within one round."""
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}
