"""Draw one token from a row of scores."""

import torch
from torch import Tensor

from training.engine.base import EngineError, Sampling


def check(sampling: Sampling) -> None:
    """Raise EngineError for settings that name no distribution."""
    if sampling.max_tokens < 1:
        raise EngineError("A passage needs room for at least one token.")
    if sampling.temperature < 0:
        raise EngineError("The temperature cannot be below zero.")
    if not 0 < sampling.top_p <= 1:
        raise EngineError("top_p must be above 0 and at most 1.")


def seeded(seed: int) -> torch.Generator:
    """Dice of one request, so that nobody's draws depend on who else is writing."""
    return torch.Generator().manual_seed(seed % 2**63)


def draw(scores: Tensor, sampling: Sampling, dice: torch.Generator) -> int:
    """A token id from `scores` [vocabulary], on the CPU.

    Temperature 0 takes the best. Otherwise the draw is in double precision: the last
    bits of a score depend on who else is in the batch and must not decide.
    """
    best = int(scores.argmax())  # a nan counts as the highest
    if not torch.isfinite(scores[best]):
        raise ValueError("the model's scores are not numbers")
    if sampling.temperature == 0:
        return best
    chances = torch.softmax(scores.double() / sampling.temperature, dim=-1)
    return draw_from_nucleus(chances, sampling.top_p, dice)


def draw_from_nucleus(chances: Tensor, top_p: float, dice: torch.Generator) -> int:
    """Draw from the smallest set of likeliest tokens that holds `top_p` of `chances`.

    Draw from all, and draw again if the token turns out to lie outside that set: if
    the tokens likelier than it already hold `top_p`. That is the same distribution as
    sorting the vocabulary and cutting it, at a tenth of the time. A token outside
    shuts out all that are no likelier, so this ends.
    """
    while True:
        rising = chances.cumsum(0)
        point = torch.rand((), dtype=torch.double, generator=dice) * rising[-1]
        token = int(torch.searchsorted(rising, point, right=True))
        token = min(token, len(chances) - 1)
        likelier = torch.where(chances > chances[token], chances, 0.0)
        if likelier.sum() < top_p:
            return token
        chances = likelier
