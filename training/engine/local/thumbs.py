"""Teach a voice from thumbs: passages that were liked or not, with nothing to compare.

APO-zero (D'Oosterlinck et al. 2024, arXiv 2408.06266), on each passage by itself: what
was liked is to become likelier than the reference finds it, what was not less likely,
each only until it clearly is. KTO (Ethayarajh et al. 2024, 2402.01306) measures from
the mean drift of mismatched answers instead; with two dozen thumbs and a passage or two
to a step that mean is noise. Its weights are kept: both signs count alike, however few
there are of one. The reference is the voice as it was before this stage, read once.

Nothing is told here: a model's own words are never learnt as if a person wrote them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from peft import PeftModel
from torch import Tensor

from training.engine.fitting import Rated, Recipe
from training.engine.local.chat import Chat
from training.engine.local.dataset import Window, batches_of, rated_of
from training.engine.local.taste import likelihoods


@dataclass(frozen=True, slots=True)
class Thumb:
    """One passage, what was said of it, and how likely the reference found it."""

    window: Window
    liked: bool
    before: float = 0.0

    @property
    def ids(self) -> list[int]:
        return self.window.ids


class Liking:
    """To find what was liked likelier than before, and what was not, less."""

    def __init__(self, recipe: Recipe, thumbs: Sequence[Thumb]) -> None:
        self._beta = recipe.beta
        liked = sum(thumb.liked for thumb in thumbs)
        self._up = len(thumbs) / (2 * max(1, liked))
        self._down = len(thumbs) / (2 * max(1, len(thumbs) - liked))

    def loss(self, model: PeftModel, items: Sequence[Thumb]) -> Tensor:
        now = likelihoods(model, [thumb.window for thumb in items])
        likelier = now - now.new_tensor([thumb.before for thumb in items])
        sign = now.new_tensor([1.0 if thumb.liked else -1.0 for thumb in items])
        weight = now.new_tensor([self._weight(thumb) for thumb in items])
        return (weight * (1 - torch.sigmoid(self._beta * sign * likelier))).mean()

    def _weight(self, thumb: Thumb) -> float:
        return self._up if thumb.liked else self._down

    @torch.inference_mode()
    def look(self, model: PeftModel, items: Sequence[Thumb]) -> float:
        return float(self.loss(model, items))


def thumbs_of(chat: Chat, rated: Sequence[Rated], room: int) -> list[Thumb]:
    found = [Thumb(rated_of(chat, each, room), each.liked) for each in rated]
    return [thumb for thumb in found if thumb.window.learnt]


@torch.inference_mode()
def as_before(
    model: PeftModel, thumbs: Sequence[Thumb], tokens: int = 2048
) -> list[Thumb]:
    """The thumbs with the model's present opinion of them as the reference."""
    model.eval()
    found = []
    for batch in batches_of(thumbs, tokens, range(len(thumbs))):
        nats = likelihoods(model, [thumb.window for thumb in batch]).tolist()
        found += [replace(t, before=n) for t, n in zip(batch, nats, strict=True)]
    return found


def margins(
    model: PeftModel, thumbs: Sequence[Thumb]
) -> tuple[list[float], list[float]]:
    """How much likelier than to the bare model a token of each became (nats): of what
    was liked, and of what was not. By token, or the longer would win."""
    with model.disable_adapter():
        bare = as_before(model, thumbs)
    voice = as_before(model, thumbs)
    found: dict[bool, list[float]] = {True: [], False: []}
    for now, then in zip(voice, bare, strict=True):
        found[now.liked].append((now.before - then.before) / now.window.learnt)
    return found[True], found[False]
