"""From the ledger to a fit: what is learnt, what is held out, what it must beat."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from training.engine import EngineError
from training.engine.cutting import split
from training.engine.fitting import Fit, Preferred, Told
from training.models import Adapter, Example, TrainingRun
from training.services import fitting

FEWEST_PAIRS = 16
#: Below so many words a larger part is held out, or chance would decide.
SMALL = 5000
HELD_PAIRS = 0.2
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
    return Fit(
        folder=str(run.folder),
        train=tuple(train),
        valid=tuple(valid),
        test=tuple(test),
        pairs=pairs,
        test_pairs=held,
        champion=to_beat(champion, test, own),
        seed=run.pk.int % 2**31,
        time_limit=TIME_LIMIT,
        **fitting() | {"cache": str(fitting()["cache"])},
    )


def preferences(
    examples: Sequence[Example],
) -> tuple[tuple[Preferred, ...], tuple[Preferred, ...]]:
    """(to learn, held out): edits and choices; the latest are held out."""
    kinds = (Example.Kind.EDIT, Example.Kind.CHOICE)
    found = [
        Preferred(context=e.context, chosen=e.text, rejected=e.over, ask=e.ask)
        for e in sorted(examples, key=lambda e: e.written_at)
        if e.kind in kinds
    ]
    held = round(len(found) * HELD_PAIRS)
    learnt, kept = found[: len(found) - held], found[len(found) - held :]
    return (tuple(learnt) if len(learnt) >= FEWEST_PAIRS else ()), tuple(kept)


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
