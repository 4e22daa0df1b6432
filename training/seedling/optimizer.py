"""Muon for the weight matrices, AdamW for embeddings and norms."""

import torch


def orthogonal(update: torch.Tensor, steps: int = 5) -> torch.Tensor:
    """The nearest orthogonal matrix, about: Newton-Schulz with a quintic."""
    a, b, c = 3.4445, -4.7750, 2.0315
    wide = update.size(0) > update.size(1)
    x = update.T if wide else update
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if wide else x


class Muon(torch.optim.Optimizer):
    """Momentum whose step is made orthogonal, so every direction learns alike."""

    def __init__(self, matrices, lr: float, momentum: float, decay: float):
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["speed"] = torch.zeros_like(p)
                speed = state["speed"].lerp_(p.grad, 1 - group["momentum"])
                ahead = p.grad.lerp(speed, group["momentum"])
                scale = max(1.0, p.size(0) / p.size(1)) ** 0.5
                p.mul_(1 - group["lr"] * group["decay"])
                p.add_(orthogonal(ahead), alpha=-group["lr"] * scale)


def optimizers_of(model, recipe) -> list[torch.optim.Optimizer]:
    matrices, others = [], []
    for name, p in model.named_parameters():
        inner = p.ndim == 2 and "embed" not in name and "lm_head" not in name
        (matrices if inner else others).append(p)
    return [
        Muon(matrices, recipe.matrix_rate, recipe.momentum, recipe.matrix_decay),
        torch.optim.AdamW(
            others, lr=recipe.other_rate, betas=(0.9, 0.98), weight_decay=0.0
        ),
    ]
