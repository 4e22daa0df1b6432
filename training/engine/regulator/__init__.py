"""Writes a passage that has the feeling asked for. No torch, no Django.

Layers, each of which can be switched off:
- conditioning: the prompt names the tone (the caller's work);
- contrast: the engine weighs the wanted tone against its opposite, token by token;
- candidates: several continuations of a sentence or two, drawn side by side in the
  engine's running batch; gates first, then tone and coherence; the best is shown
  while the next ones are drawn;
- retry: once, for a block that missed.
What could not be reached is said in the outcome, never hidden.
"""

from training.engine.regulator.regulate import Outcome, Regulated
from training.engine.regulator.target import (
    LAYERS,
    Layers,
    Target,
    chosen_layers,
)

__all__ = [
    "LAYERS",
    "Layers",
    "Outcome",
    "Regulated",
    "Target",
    "chosen_layers",
]
