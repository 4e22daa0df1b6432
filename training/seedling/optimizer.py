"""Muon for the weight matrices, AdamW for embeddings and norms."""

from collections import defaultdict

import torch

from training.engine.local.model import half_pays


def orthogonal(updates: torch.Tensor, steps: int = 5) -> torch.Tensor:
    """The nearest orthogonal matrices [n, rows, columns], about: a quintic.

    Newton-Schulz; see Jordan et al., "Muon", 2024.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = updates.size(1) > updates.size(2)
    x = updates.mT if tall else updates
    x = x.bfloat16() if half_pays(x.device.type) else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """Momentum whose step is made orthogonal, so every direction learns alike.

    Matrices of one shape are stepped together: a small model has many.
    """

    def __init__(self, matrices, lr: float, momentum: float, decay: float):
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            alike = defaultdict(list)
            for p in group["params"]:
                if p.grad is not None:
                    alike[p.shape].append(p)
            for matrices in alike.values():
                self.step_together(matrices, group)

    def step_together(self, matrices: list[torch.Tensor], group: dict) -> None:
        rate, momentum = group["lr"], group["momentum"]
        for p in matrices:
            if not self.state[p]:
                self.state[p]["speed"] = torch.zeros_like(p)
        speeds = [self.state[p]["speed"] for p in matrices]
        gradients = [p.grad for p in matrices]
        torch._foreach_lerp_(speeds, gradients, 1 - momentum)
        ahead = torch._foreach_lerp(gradients, speeds, momentum)
        steps = orthogonal(torch.stack(list(ahead)))
        rows, columns = matrices[0].shape
        torch._foreach_mul_(matrices, 1 - rate * group["decay"])
        scale = max(1.0, rows / columns) ** 0.5
        steps = steps.to(matrices[0].dtype) * (-rate * scale)
        torch._foreach_add_(matrices, list(steps.unbind()))


def optimizers_of(model, recipe) -> list[torch.optim.Optimizer]:
    matrices, others = [], []
    for name, p in model.named_parameters():
        inner = p.ndim == 2 and "embed" not in name and "lm_head" not in name
        (matrices if inner else others).append(p)
    on_gpu = recipe.device == "cuda"

    def rate(value: float) -> float | torch.Tensor:
        """On a GPU where a captured step reads it."""
        return torch.tensor(value, device="cuda") if on_gpu else value

    adamw = {"betas": (0.9, 0.98), "capturable": on_gpu}
    adamw["lr"] = rate(recipe.other_rate)
    if recipe.optimizer == "adamw":
        first = torch.optim.AdamW(matrices, weight_decay=0.1, **adamw)
    else:
        decay = recipe.matrix_decay
        first = Muon(matrices, rate(recipe.matrix_rate), recipe.momentum, decay)
    return [first, torch.optim.AdamW(others, weight_decay=0.0, **adamw)]
