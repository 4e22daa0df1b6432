"""What a person would rather read, as a number for any text, learnt from few choices.

DPO moves what is likely; forty choices move it little, and mostly towards their own
words. So the same choices also teach a reward (Bradley-Terry, as in Christiano et al.,
2017, arXiv 1706.03741): a text's mean token embedding, times one direction. It is read
off before a word is written, costs no step of the model, and the regulator chooses
among its candidates by it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from transformers import PreTrainedModel

from training.engine.base import AdapterError
from training.engine.local.adapters import BASE

REWARD, DIRECTION, MIDDLE = "reward.safetensors", "direction", "middle"
LARGEST = 2**20  # bytes
#: Fewer choices say too little.
FEWEST = 16
#: How often a choice left out must be foreseen by the others, for any to count.
RIGHT = 0.6
#: Strength of the data beside the prior, and steps of Newton's method.
TRUST, STEPS = 10.0, 12
#: Beyond, liking a text still more changes nothing.
MOST = 2.0

Ids = Sequence[int]


@dataclass(frozen=True, slots=True, eq=False)
class Reward:
    """`embeddings` [vocabulary, width] of the model, `direction` [width], and the mark
    of what this person neither likes nor dislikes."""

    embeddings: Tensor
    direction: Tensor
    middle: float

    def of(self, ids: Ids) -> float:
        """About -1 to 1 for most passages, at most 2 either way."""
        if not ids:
            return 0.0
        found = float(mean_of(self.embeddings, ids) @ self.direction) - self.middle
        return max(-MOST, min(MOST, found))


def embeddings_of(model: PreTrainedModel) -> Tensor:
    """[vocabulary, width]: the model's own, not a copy."""
    return model.get_input_embeddings().weight.detach()


def mean_of(embeddings: Tensor, ids: Ids) -> Tensor:
    """[width], in single precision on the CPU."""
    rows = embeddings[torch.tensor(ids, device=embeddings.device)]
    return rows.float().mean(0).cpu()


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """Mean embeddings of what was shown: rows of `better` and `worse` stood side by
    side, those of `up` and `down` got a thumb each."""

    better: Tensor
    worse: Tensor
    up: Tensor
    down: Tensor

    @property
    def contrasts(self) -> Tensor:
        """[signals, width]. Nobody said which thumb was beside which: each is compared
        with the mean of the other kind."""
        chosen = self.better - self.worse
        if not len(self.up) or not len(self.down):
            return chosen
        liked, disliked = self.up.mean(0), self.down.mean(0)
        return torch.cat([chosen, self.up - disliked, liked - self.down])

    @property
    def middle(self) -> Tensor:
        """[width], as near to what is liked as to what is not."""
        liked = torch.cat([self.better, self.up]).mean(0)
        return (liked + torch.cat([self.worse, self.down]).mean(0)) / 2

    def without(self, kind: str, at: int) -> "Signals":
        kept = {name: getattr(self, name) for name in ("better", "worse", "up", "down")}
        for name in ("better", "worse") if kind == "better" else (kind,):
            kept[name] = torch.cat([kept[name][:at], kept[name][at + 1 :]])
        return Signals(**kept)


def learnt(
    embeddings: Tensor,
    pairs: Sequence[tuple[Ids, Ids]],
    liked: Sequence[Ids] = (),
    disliked: Sequence[Ids] = (),
) -> Reward | None:
    """From (chosen, rejected) and thumbs; None where they say too little, or have
    nothing in common."""
    pairs = [(chosen, rejected) for chosen, rejected in pairs if chosen and rejected]
    signals = Signals(
        means(embeddings, [chosen for chosen, _ in pairs]),
        means(embeddings, [rejected for _, rejected in pairs]),
        means(embeddings, liked),
        means(embeddings, disliked),
    )
    if len(signals.contrasts) < FEWEST:
        return None
    # A direction costs as much as it tells apart the vocabulary: whitened embeddings.
    spread = torch.cov(embeddings.float().cpu().T)
    spread += 1e-4 * spread.diagonal().mean() * torch.eye(len(spread))
    inverse = torch.linalg.inv(spread)
    if foreseen(signals, inverse) < RIGHT:
        return None
    direction = direction_of(signals, inverse)
    direction *= 2 / (signals.contrasts @ direction).abs().mean().clamp(min=1e-6)
    return Reward(embeddings, direction, float(signals.middle @ direction))


def means(embeddings: Tensor, texts: Sequence[Ids]) -> Tensor:
    """[texts, width], without those that are empty."""
    found = [mean_of(embeddings, ids) for ids in texts if ids]
    return torch.stack(found) if found else torch.zeros(0, embeddings.size(1))


def direction_of(signals: Signals, inverse: Tensor) -> Tensor:
    """[width]: kernel logistic regression without intercept, by Newton."""
    seen = signals.contrasts
    dual = inverse @ seen.T
    kernel = (seen @ dual).double()
    kernel /= kernel.diagonal().mean().clamp(min=1e-12)
    weights = torch.zeros(len(kernel), dtype=torch.float64)
    one = torch.eye(len(kernel), dtype=torch.float64)
    for _ in range(STEPS):
        wrong = torch.sigmoid(-kernel @ weights)
        curve = (wrong * (1 - wrong)).diag()
        gradient = wrong - weights / TRUST
        weights += torch.linalg.solve(curve @ kernel + one / TRUST, gradient)
    return dual @ weights.float()


def foreseen(signals: Signals, inverse: Tensor) -> float:
    """The share of signals that the others tell right, each left out once."""
    right = []
    for at, (better, worse) in enumerate(
        zip(signals.better, signals.worse, strict=True)
    ):
        rest = direction_of(signals.without("better", at), inverse)
        right.append(float((better - worse) @ rest) > 0)
    for kind, sign in (("up", 1), ("down", -1)) if may_be_compared(signals) else ():
        for at, text in enumerate(getattr(signals, kind)):
            others = signals.without(kind, at)
            apart = (text - others.middle) @ direction_of(others, inverse)
            right.append(sign * float(apart) > 0)
    return sum(right) / max(1, len(right))


def may_be_compared(signals: Signals) -> bool:
    """Whether there are thumbs of both kinds, also without any one of them."""
    return min(len(signals.up), len(signals.down)) > 1


def save(folder: Path, reward: Reward, base: str) -> None:
    path = folder / REWARD
    held = {DIRECTION: reward.direction, MIDDLE: torch.tensor([reward.middle])}
    save_file(held, path, metadata={BASE: base})
    path.chmod(0o600)


def read(folder: Path, embeddings: Tensor, base: str) -> Reward | None:
    """The reward beside an adapter; None where there is none.

    Raises AdapterError for a file that cannot be used.
    """
    path = folder / REWARD
    if not path.is_file() or path.is_symlink():
        return None
    if path.stat().st_size > LARGEST:
        raise AdapterError("What is known of a taste is too large to be read.")
    try:
        with safe_open(path, framework="pt") as opened:
            made_for = (opened.metadata() or {}).get(BASE)
            direction = opened.get_tensor(DIRECTION).float()
            middle = opened.get_tensor(MIDDLE).float().sum()
    except (SafetensorError, OSError, ValueError) as error:
        raise AdapterError("What is known of a taste is damaged.") from error
    fits = direction.shape == embeddings.shape[1:] and made_for == base
    if not fits or not math.isfinite(direction.sum() + middle):
        raise AdapterError("What is known of a taste belongs to another model.")
    return Reward(embeddings, direction, float(middle))
