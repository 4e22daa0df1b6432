"""A fit that can be put down and taken up again. No pickle, never half a file."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim import Optimizer

STATE, TENSORS = "state.json", "tensors.safetensors"


@dataclass(slots=True)
class State:
    """Where a fit stands, apart from its tensors."""

    stage: str = "voice"
    step: int = 0
    seconds: float = 0.0
    tokens: int = 0
    looks: list[list[float]] = field(default_factory=list)
    losses: list[list[float]] = field(default_factory=list)
    best: float | None = None
    stale: int = 0


def weights_of(model: nn.Module) -> dict[str, nn.Parameter]:
    """What is being learnt, by name."""
    return {n: p for n, p in model.named_parameters() if p.requires_grad}


def save(
    folder: Path,
    state: State,
    model: nn.Module,
    optimizer: Optimizer,
    best: Mapping[str, Tensor],
) -> None:
    """Replace the checkpoint in `folder`; a crash leaves the old one or the new one."""
    part, old = folder / "checkpoint.part", folder / "checkpoint.old"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    tensors = {f"best {name}": tensor for name, tensor in best.items()}
    for name, weights in weights_of(model).items():
        tensors[f"now {name}"] = weights.detach()
        for key, tensor in optimizer.state.get(weights, {}).items():
            tensors[f"{key} {name}"] = tensor
    held = {name: tensor.contiguous().cpu() for name, tensor in tensors.items()}
    save_file(held, part / TENSORS)
    (part / STATE).write_text(json.dumps(asdict(state)))
    with (part / TENSORS).open("rb") as written:
        os.fsync(written.fileno())
    current = folder / "checkpoint"
    shutil.rmtree(old, ignore_errors=True)
    if current.exists():
        current.rename(old)
    part.rename(current)
    shutil.rmtree(old, ignore_errors=True)


def load(
    folder: Path, model: nn.Module, optimizer: Optimizer
) -> tuple[State, dict[str, Tensor]] | None:
    """Put a checkpoint's weights back; its state and best weights. None: begin anew."""
    for name in ("checkpoint", "checkpoint.old"):
        try:
            state = State(**json.loads((folder / name / STATE).read_text()))
            tensors = load_file(folder / name / TENSORS)
        except (OSError, ValueError, TypeError, SafetensorError):
            continue
        return state, _put(tensors, model, optimizer)
    return None


def _put(
    tensors: Mapping[str, Tensor], model: nn.Module, optimizer: Optimizer
) -> dict[str, Tensor]:
    for name, weights in weights_of(model).items():
        weights.data.copy_(tensors[f"now {name}"])
        moments = {
            key: tensors[f"{key} {name}"].to(
                "cpu" if key == "step" else weights.device, copy=True
            )
            for key in ("step", "exp_avg", "exp_avg_sq")
            if f"{key} {name}" in tensors
        }
        if moments:
            optimizer.state[weights] = moments
    best = "best "
    return {n.removeprefix(best): t for n, t in tensors.items() if n.startswith(best)}
