"""One sentence for a pupil who writes on: drawn, screened whole, and only then shown.

Nothing is streamed: what does not pass is never seen by the child.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

from django.utils.translation import gettext as _

from stories.lessons.drawing import CANDIDATES, Drawer
from stories.lessons.making import release, wish_of
from stories.lessons.models import Made, Turn
from stories.lessons.screening import flags_of
from stories.lessons.values import Line
from training.engine import EngineError
from training.services import engine as open_engine

logger = logging.getLogger(__name__)

TRIES = 2


def write(turn_id: int) -> None:
    waiting = Turn.objects.filter(pk=turn_id, made=Made.WAITING, by=Turn.By.MODEL)
    if not waiting.update(made=Made.WRITING):
        return
    mine = Turn.objects.filter(pk=turn_id, made=Made.WRITING)
    try:
        text = sentence_for(mine.get())
    except EngineError as error:
        mine.update(made=Made.FAILED, error=str(error)[:300])
    except Exception as error:
        logger.error("turn %s failed: %s", turn_id, type(error).__name__)
        sentence = _("Something went wrong. Please try again.")
        mine.update(made=Made.FAILED, error=sentence)
    else:
        mine.update(made=Made.READY, text=text)


def sentence_for(turn: Turn) -> str:
    reading = turn.reading
    tale = reading.tale
    names = list(tale.lesson.classroom.pupils.values_list("nickname", flat=True))
    wish = wish_of(tale.lesson, tale, names)
    told = [Line(line["text"]) for lines in tale.paragraphs for line in lines]
    if turn.own:
        told = []
    before = reading.turns.filter(made=Made.READY, own=turn.own)
    told += [Line(piece.text, "teacher") for piece in before]
    wish = replace(wish, words=(), seed=Random(turn.pk).getrandbits(31))
    engine = open_engine()
    release()
    with ThreadPoolExecutor(CANDIDATES, "turn") as pool:
        drawer = Drawer(engine, wish, pool, lambda: False)
        for _attempt in range(TRIES):
            line = drawer.best(told, [""])
            if line and not flags_of(line.text, hero=wish.hero, others=wish.others):
                return line.text
    raise EngineError(_("Storyloom found no good sentence. Try again, or write one."))
