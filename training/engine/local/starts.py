"""Where learning begins: the bare model, or a shared adapter that is nearer already.

A small model has read little prose like a grown-up's. What thousands of pages teach it
of such prose no person's twenty should have to teach it again.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from transformers import PreTrainedModel

from training.engine.base import AdapterError
from training.engine.fitting import Recipe
from training.engine.local.adapters import Adapter, adaptable, read_adapter
from training.engine.local.dataset import Window
from training.engine.local.fit import mean, nats_of, with_adapter

#: Windows of the person's text, from all over it, that the choice is made by.
LOOKS = 8
#: Times the usual learning rate: at that, what it begins from would wear away. On three
#: authors 1, .5 and .25 came to drops in perplexity of .40, .44 and .43.
PACE = 0.4


def nearest(
    model: PreTrainedModel, base: str, windows: Sequence[Window], folders: Sequence[str]
) -> Adapter | None:
    """The shared adapter under which the text is likeliest; None: the bare model is.

    `base` is the model's fingerprint; an adapter for another one is passed over. The
    model is left as it was.
    """
    shared = list(readable(model, base, folders))
    if not shared:
        return None
    some = windows[:: max(1, len(windows) // LOOKS)]
    best, found = mean(nats_of(model, some)), None
    for adapter in shared:
        voice = with_adapter(model, beginning(Recipe(), adapter), adapter)
        nats = mean(nats_of(voice, some))
        voice.unload()
        if nats < best:
            best, found = nats, adapter
    return found


def readable(
    model: PreTrainedModel, base: str, folders: Sequence[str]
) -> Iterator[Adapter]:
    """Those that are sound, and made for this model."""
    for folder in folders:
        with suppress(AdapterError):
            yield read_adapter(Path(folder), adaptable(model), base)


def beginning(recipe: Recipe, start: Adapter | None) -> Recipe:
    """The recipe for learning on from an adapter: in its shape, and slower."""
    if start is None:
        return recipe
    rate = recipe.rate * PACE
    return replace(recipe, rank=start.rank, strength=start.scaling, rate=rate)
