"""Teach a voice what a person prefers: DPO on what they chose over what they did not.

An edit changes few words, so chosen and rejected are much alike; plain DPO then makes
both less likely. A share of ordinary telling on the chosen text holds it in place.
The reference is the voice as it was before this stage, read once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from peft import PeftModel
from torch import Tensor
from torch.nn.functional import cross_entropy, logsigmoid

from training.engine.fitting import Preferred, Recipe
from training.engine.local.chat import Chat
from training.engine.local.dataset import Window, batches_of, padded, pair_of


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to one prompt, with how likely the reference found each (nats)."""

    chosen: Window
    rejected: Window
    chosen_before: float = 0.0
    rejected_before: float = 0.0

    @property
    def ids(self) -> list[int]:
        """Of the longer one: what a batch must have room for, twice."""
        return max(self.chosen.ids, self.rejected.ids, key=len)


class Preferring:
    """To find what was chosen likelier than what was not, more than before."""

    def __init__(self, recipe: Recipe) -> None:
        self._beta, self._telling = recipe.beta, recipe.taste_sft

    def loss(self, model: PeftModel, items: Sequence[Pair]) -> Tensor:
        chosen = likelihoods(model, [pair.chosen for pair in items])
        rejected = likelihoods(model, [pair.rejected for pair in items])
        before = chosen.new_tensor(
            [pair.chosen_before - pair.rejected_before for pair in items]
        )
        learnt = sum(pair.chosen.learnt for pair in items)
        preferred = -logsigmoid(self._beta * (chosen - rejected - before)).mean()
        return preferred - self._telling * chosen.sum() / max(1, learnt)

    @torch.inference_mode()
    def look(self, model: PeftModel, items: Sequence[Pair]) -> float:
        return float(self.loss(model, items))


def likelihoods(model: PeftModel, windows: Sequence[Window]) -> Tensor:
    """Log-likelihood of each window's told tokens [windows]."""
    batch = padded(windows, model.device)
    logits = model(
        input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]
    ).logits[:, :-1]
    labels = batch["labels"][:, 1:]
    nats = cross_entropy(logits.float().transpose(1, 2), labels, reduction="none")
    return -nats.sum(1)


def pairs_of(chat: Chat, preferred: Sequence[Preferred], room: int) -> list[Pair]:
    pairs = [Pair(*pair_of(chat, each, room)) for each in preferred]
    return [p for p in pairs if p.chosen.learnt and p.rejected.learnt]


@torch.inference_mode()
def as_before(model: PeftModel, pairs: Sequence[Pair], tokens: int) -> list[Pair]:
    """The pairs with the model's present opinion of them as the reference."""
    model.eval()
    found = []
    for batch in batches_of(pairs, tokens, range(len(pairs))):
        chosen = likelihoods(model, [pair.chosen for pair in batch]).tolist()
        rejected = likelihoods(model, [pair.rejected for pair in batch]).tolist()
        found += [
            Pair(pair.chosen, pair.rejected, before, other)
            for pair, before, other in zip(batch, chosen, rejected, strict=True)
        ]
    return found


@torch.inference_mode()
def margins(model: PeftModel, pairs: Sequence[Pair], tokens: int = 2048) -> list[float]:
    """How much likelier than to the bare model what was chosen became, beside what
    was not (nats)."""
    with model.disable_adapter():
        bare = as_before(model, pairs, tokens)
    voice = as_before(model, pairs, tokens)
    return [
        (v.chosen_before - b.chosen_before) - (v.rejected_before - b.rejected_before)
        for v, b in zip(voice, bare, strict=True)
    ]
