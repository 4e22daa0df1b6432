"""One sentence for a pupil who writes on: drawn, screened whole, and only then shown.

Nothing is streamed, and nothing is saved before it has passed. No voice, no profile
and no mood can come in here: this writer knows none of them.
"""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace

from django.utils.translation import gettext as _

from stories import tree
from stories.holding import Holder, claim, release
from stories.lessons import letters, prompts
from stories.lessons.drawing import (
    CANDIDATES,
    TEMPERATURE,
    TOKENS,
    TOP_P,
    Drawer,
    Stopped,
)
from stories.lessons.making import wish_of
from stories.lessons.models import Turn, Writing
from stories.lessons.screening import flags_of
from stories.lessons.values import Line, Wish
from stories.models import Author, Passage, Status
from training.engine import Engine, EngineError, Sampling
from training.services import engine as open_engine

logger = logging.getLogger(__name__)

TRIES = 2
LOOK_EVERY = 0.4  # seconds
REMEMBERED = 40  # passages


def write(passage_id: int) -> None:
    """Write a queued passage of a class. Returns quietly if it is not to be had."""
    if not Passage.objects.filter(pk=passage_id, story__turn__isnull=False).exists():
        return
    trouble = ""
    try:
        engine = open_engine()
    except EngineError as error:
        engine, trouble = None, str(error)
    passage = claim(passage_id)
    if passage is None:
        return
    writer = TurnWriter(passage)
    try:
        if engine is None:
            raise EngineError(trouble)
        writer.write(engine)
    except Stopped:
        writer.finish(Status.STOPPED)
    except EngineError as error:
        writer.finish(Status.FAILED, str(error))
    except Exception as error:
        # Only the kind of error: its message may hold a child's words.
        logger.error("passage %s failed: %s", passage_id, type(error).__name__)
        writer.finish(Status.FAILED, _("Something went wrong. Please try again."))


class TurnWriter(Holder):
    """Writes one sentence after what the pupil has; what it holds back stays unsaid."""

    def __init__(self, passage: Passage):
        super().__init__(passage)
        turns = Turn.objects.select_related("reading__tale__lesson", "reading__pupil")
        self.turn = turns.get(pk=passage.story.turn_id)
        self.stopping = threading.Event()

    def write(self, engine: Engine) -> None:
        self.begin()
        tale = self.turn.reading.tale
        if tale.lesson.writing != Writing.HELPED:
            raise EngineError(_("Your teacher wants your own words here."))
        names = list(tale.lesson.classroom.pupils.values_list("nickname", flat=True))
        wish = wish_of(tale.lesson, tale, names)
        wish = replace(wish, words=(), seed=self.passage.seed or 0)
        told = self.told()
        self.live(
            model=engine.name[:200],
            sampling=asdict(Sampling(TOKENS, TEMPERATURE, TOP_P, seed=wish.seed)),
            saw=saw(engine, wish, told, self.passage.direction),
        )
        release()
        text = self.drawn(engine, wish, told)
        if not text:
            raise EngineError(
                _("Storyloom found no good sentence. Try again, or write one.")
            )
        self.text = text
        self.tokens = engine.count(text)
        self.finish(Status.FINISHED)

    def told(self) -> list[Line]:
        """What was read, unless it is a story of their own, and what is written."""
        tale = self.turn.reading.tale
        lines = [Line(line["text"]) for lines in tale.paragraphs for line in lines]
        path = tree.tail(passage=self.passage, limit=REMEMBERED)
        written = [
            Line(p.text, "teacher" if p.author == Author.PERSON else "model")
            for p in path
            if p.text
        ]
        return written if self.turn.own else lines + written

    def drawn(self, engine: Engine, wish: Wish, told: list[Line]) -> str:
        """The first sentence that passes the whole screen; none if none does."""
        with (
            ThreadPoolExecutor(1, "turn") as one,
            ThreadPoolExecutor(CANDIDATES, "turn-draws") as pool,
        ):
            drawer = Drawer(engine, wish, pool, self.stopping.is_set)
            for _attempt in range(TRIES):
                drawing = one.submit(
                    drawer.best, told, [""], direction=self.passage.direction
                )
                self.watch(drawing)
                line = drawing.result()
                if line and self.passes(line.text, wish):
                    return line.text
        return ""

    def watch(self, drawing) -> None:
        """Say that we live while it is drawn, and see whether it is still wanted."""
        done = threading.Event()
        drawing.add_done_callback(lambda _drawing: done.set())
        while not done.wait(LOOK_EVERY):
            if not self.live() or self.is_unwanted:
                self.stopping.set()
            release()

    def passes(self, text: str, wish: Wish) -> bool:
        flags = flags_of(text, hero=wish.hero, others=wish.others)
        if any(flag["rule"] == "crisis" for flag in flags):
            letters.worry(pupil=self.turn.reading.pupil, by_model=True)
        return not flags


def saw(engine: Engine, wish: Wish, told: list[Line], direction: str) -> list[dict]:
    """What the model is shown, for whoever asks later why it wrote so."""
    text = " ".join(line.text for line in told)
    things = wish.interests[:1]
    shown = prompts.prompt(wish, told=text, direction=direction, things=things)
    return [
        {"part": m["role"], "text": m["content"], "tokens": engine.count(m["content"])}
        for m in shown.messages
    ]
