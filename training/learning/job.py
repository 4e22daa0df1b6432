"""From the ledger to a fit: what is learnt, what is held out, what it must beat."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from training import genres
from training.engine import EngineError
from training.engine.cutting import split
from training.engine.fitting import Fit, Preferred, Rated, Told
from training.models import Adapter, Example, TrainingRun
from training.services import fitting

PAIRS = (Example.Kind.EDIT, Example.Kind.CHOICE, Example.Kind.BLIND)
FEWEST_PAIRS = 16
#: Thumbs, and of the rarer sign: with fewer a model would learn the passage itself.
FEWEST_THUMBS, FEWEST_OF_A_SIGN = 24, 6
#: Below so many words a larger part is held out, or chance would decide.
SMALL = 5000
HELD_PAIRS = HELD_THUMBS = 0.2
TIME_LIMIT = 6 * 3600


def job(run: TrainingRun, examples: Sequence[Example], champion: Adapter | None) -> Fit:
    """Raises EngineError with a sentence if there is nothing to be learnt."""
    own = [example for example in examples if example.kind == Example.Kind.OWN]
    if not own:
        raise EngineError(_("There are no words of yours to learn from."))
    words = sum(example.words for example in own)
    train, valid, test = split(
        [Told(e.text, str(e.document_id), e.ask) for e in own],
        test=0.2 if words < SMALL else 0.1,
    )
    pairs, held = preferences(examples)
    rated, held_rated = ratings(examples)
    return Fit(
        folder=str(run.folder),
        train=tuple(train),
        valid=tuple(valid),
        test=tuple(test),
        pairs=pairs,
        test_pairs=held,
        thumbs=rated,
        test_thumbs=held_rated,
        champion=to_beat(champion, test, own),
        starts=genres.folders(),
        seed=run.pk.int % 2**31,
        time_limit=TIME_LIMIT,
        **fitting() | {"cache": str(fitting()["cache"])},
    )


def preferences(
    examples: Sequence[Example],
) -> tuple[tuple[Preferred, ...], tuple[Preferred, ...]]:
    """(to learn, held out): edits and choices; the latest are held out."""
    found = [
        Preferred(context=e.context, chosen=e.text, rejected=e.over, ask=e.ask)
        for e in sorted(examples, key=lambda e: e.written_at)
        if e.kind in PAIRS
    ]
    held = round(len(found) * HELD_PAIRS)
    learnt, kept = found[: len(found) - held], found[len(found) - held :]
    return (tuple(learnt) if enough_pairs(len(found)) else ()), tuple(kept)


def enough_pairs(count: int) -> bool:
    """Once some are held out, enough are left."""
    return count - round(count * HELD_PAIRS) >= FEWEST_PAIRS


def ratings(
    examples: Sequence[Example],
) -> tuple[tuple[Rated, ...], tuple[Rated, ...]]:
    """(to learn, held out): thumbs; of each sign the latest are held out."""
    in_time = sorted(examples, key=lambda e: e.written_at)
    learnt: list[Rated] = []
    kept: list[Rated] = []
    for kind in (Example.Kind.UP, Example.Kind.DOWN):
        liked = kind == Example.Kind.UP
        found = [
            Rated(context=e.context, text=e.text, liked=liked, ask=e.ask)
            for e in in_time
            if e.kind == kind
        ]
        held = round(len(found) * HELD_THUMBS)
        learnt += found[: len(found) - held]
        kept += found[len(found) - held :]
    up = sum(e.kind == Example.Kind.UP for e in examples)
    down = sum(e.kind == Example.Kind.DOWN for e in examples)
    return (tuple(learnt) if enough_thumbs(up, down) else ()), tuple(kept)


def enough_thumbs(up: int, down: int) -> bool:
    return up + down >= FEWEST_THUMBS and min(up, down) >= FEWEST_OF_A_SIGN


def to_beat(
    champion: Adapter | None, test: Sequence[Told], own: Sequence[Example]
) -> str:
    """The folder of the version in use, if it never saw what is tested on now.

    It may have learnt what was new then and is held out today: that proves nothing.
    """
    if champion is None or not champion.folder.is_dir():
        return ""
    tested = {each.text for each in test}
    held_out = {e.digest for e in own if e.text in tested}
    return "" if held_out & set(champion.ledger) else str(champion.folder)
