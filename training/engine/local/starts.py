"""Where learning begins: the bare model, or a shared adapter that is nearer already.

A small model has read little prose like a grown-up's. What thousands of pages teach it
of such prose no person's twenty should have to teach it again.
"""

import shutil
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
#: Nats per token that a shared adapter has to be nearer by to be worth its slower pace.
MARGIN = 0.03
#: Times the usual learning rate: at that, what it begins from would wear away. On three
#: authors 1, .5 and .25 came to drops in perplexity of .40, .44 and .43.
PACE = 0.4


def begun_from(
    kept: Path,
    model: PreTrainedModel,
    base: str,
    windows: Sequence[Window],
    folders: Sequence[str],
) -> Adapter | None:
    """The nearest one, or None for the bare model: decided once, and kept in a folder,
    as who goes on after a pause must go on from the same."""
    if not kept.exists():
        found = nearest(model, base, windows, folders)
        part = kept.with_name(f"{kept.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        if found is not None:
            shutil.copytree(found.path, part / Path(found.path).name)
        part.rename(kept)
    for folder in kept.iterdir():
        return read_adapter(folder, adaptable(model), base)
    return None


def nearest(
    model: PreTrainedModel, base: str, windows: Sequence[Window], folders: Sequence[str]
) -> Adapter | None:
    """The shared adapter under which the text is likeliest; None: the bare model is
    about as near as any.

    `base` is the model's fingerprint; an adapter for another one is passed over. The
    model is left as it was.
    """
    shared = list(readable(model, base, folders))
    if not shared:
        return None
    some = windows[:: max(1, len(windows) // LOOKS)]
    best, found = mean(nats_of(model, some)) - MARGIN, None
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
    """Those that are sound, of one rank, and made for this model."""
    for folder in folders:
        with suppress(AdapterError):
            adapter = read_adapter(Path(folder), adaptable(model), base)
            if {len(pair.down) for pair in adapter.pairs.values()} == {adapter.rank}:
                yield adapter


def beginning(recipe: Recipe, start: Adapter | None) -> Recipe:
    """The recipe for learning on from an adapter: in its shape, and slower."""
    if start is None:
        return recipe
    rate = recipe.rate * PACE
    return replace(recipe, rank=start.rank, strength=start.scaling, rate=rate)
