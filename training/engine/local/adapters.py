"""An adapter on disk: what may be in its folder, and how it is read and written.

Exactly PEFT's two files, so PEFT and vLLM open what is written here. Whatever comes
from outside is data: no pickle is opened, every name and number is checked, and the
fingerprint in the weights says which model they were made for.
"""

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from training.engine.base import AdapterError

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
LARGEST_CONFIG = 64 * 1024
LARGEST_WEIGHTS = 512 * 2**20
LARGEST_HEADER = 2**20
#: Numbers that a voice may be made of.
KINDS = (torch.float32, torch.float16, torch.bfloat16)
LARGEST_RANK = 64
PICKLES = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib"}
PREFIX = "base_model.model."
#: Key of the weights' metadata under which the fingerprint of their model stands.
BASE = "storyloom_base"
#: Values a part has to have if it is there at all. Anything else must be empty.
FIXED: dict[str, tuple[Any, ...]] = {
    "peft_type": ("LORA",),
    "task_type": ("CAUSAL_LM",),
    "bias": ("none",),
    "init_lora_weights": (True, False),
    "inference_mode": (True, False),
    "fan_in_fan_out": (True, False),
    "use_rslora": (True, False),
}
FREE = {
    "r",
    "lora_alpha",
    "lora_dropout",
    "target_modules",
    "base_model_name_or_path",
    "peft_version",
    "revision",
    # How PEFT would start a training; nothing here looks at it.
    "qalora_group_size",
    "megatron_core",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """What one layer adds: `down` [rank, in], then `up` [out, rank]."""

    down: Tensor
    up: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """One person's voice, in memory: read only."""

    path: str
    rank: int
    #: What its answer is multiplied with.
    scaling: float
    pairs: Mapping[str, Pair] = field(repr=False)


def adaptable(model: PreTrainedModel) -> dict[str, nn.Module]:
    """The layers an adapter may speak in: every linear one but the output."""
    output = model.get_output_embeddings()
    return {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear | Conv1D) and module is not output
    }


def size_of(layer: nn.Module) -> tuple[int, int]:
    """(in, out) of a linear layer. GPT-2 keeps its weights the other way round, and in
    a quantised layer their shape says nothing."""
    if isinstance(layer, Conv1D):
        return layer.nx, layer.nf
    return layer.in_features, layer.out_features


def fingerprint(model: PreTrainedModel) -> str:
    """Tells one model's weights from another's, on any device and in any precision.

    Every tensor counts with its name, its shape and some values from all over it.
    """
    found = sha256()
    for name, tensor in sorted(model.state_dict().items()):
        flat = tensor.detach().flatten()
        some = flat[:: max(1, len(flat) // 512)]
        found.update(f"{name} {tuple(tensor.shape)}".encode())
        # Half precision first: a GPU holds no more than that.
        found.update(some.bfloat16().float().cpu().numpy().tobytes())
    return found.hexdigest()[:32]


def read_adapter(folder: Path, layers: Mapping[str, nn.Module], base: str) -> Adapter:
    """Read and check an adapter for the model with these layers and fingerprint.

    Raises AdapterError with a sentence for whoever brought it.
    """
    check_files(folder)
    scaling = read_scaling(folder / CONFIG)
    check_size(folder / WEIGHTS, layers)
    try:
        tensors = read_tensors(folder / WEIGHTS, layers, base)
    except (SafetensorError, OSError, ValueError) as error:
        raise AdapterError("The weights of this voice are damaged.") from error
    pairs = {
        name: _pair(tensors, name, layer)
        for name, layer in layers.items()
        if f"{PREFIX}{name}.lora_A.weight" in tensors
    }
    rank = max(pair.down.shape[0] for pair in pairs.values())
    return Adapter(str(folder), rank, scaling, pairs)


def read_tensors(
    path: Path, layers: Mapping[str, nn.Module], base: str
) -> dict[str, Tensor]:
    with safe_open(path, framework="pt") as opened:
        made_for = (opened.metadata() or {}).get(BASE)
        if made_for != base:
            raise AdapterError("This voice was made for another language model.")
        names = list(opened.keys())
        check_names(names, layers)
        return {name: opened.get_tensor(name) for name in names}


def check_size(path: Path, layers: Mapping[str, nn.Module]) -> None:
    """No larger than the highest rank in full precision needs."""
    numbers = LARGEST_RANK * sum(sum(size_of(layer)) for layer in layers.values())
    if path.stat().st_size > 4 * numbers + LARGEST_HEADER:
        raise AdapterError(f"The file {WEIGHTS} of this voice is too large.")


def check_files(folder: Path) -> None:
    if not folder.is_dir():
        raise AdapterError("This voice is gone.")
    entries = list(folder.iterdir())
    if any(entry.suffix.lower() in PICKLES for entry in entries):
        raise AdapterError(
            "There are pickle files beside this voice. They can run code when opened, "
            "so nothing of it is read."
        )
    for name, most in ((CONFIG, LARGEST_CONFIG), (WEIGHTS, LARGEST_WEIGHTS)):
        path = folder / name
        if path.is_symlink() or not path.is_file():
            raise AdapterError(f"This voice has no file {name}.")
        if path.stat().st_size > most:
            raise AdapterError(f"The file {name} of this voice is too large.")


def read_scaling(path: Path) -> float:
    """How strongly `up` speaks, from a configuration that holds nothing else."""
    try:
        config: Any = json.loads(path.read_text(encoding="utf-8"))
        assert isinstance(config, dict)
    except (ValueError, AssertionError, RecursionError) as error:
        raise AdapterError("The configuration of this voice cannot be read.") from error
    for name, value in config.items():
        if name in FIXED:
            allowed = value in FIXED[name]
        else:
            allowed = name in FREE or value in (None, False, "", [], {})
        if not allowed:
            raise AdapterError(f"A voice with “{name[:40]}” cannot be used here.")
    if config.get("peft_type") != "LORA":
        raise AdapterError("This voice is not a LoRA adapter.")
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if not isinstance(rank, int) or not isinstance(alpha, int | float):
        raise AdapterError("The rank or strength of this voice is no number.")
    if not 1 <= rank <= LARGEST_RANK or not 0 < alpha <= 8 * rank:
        raise AdapterError("The rank or strength of this voice is out of bounds.")
    return alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)


def check_names(names: list[str], layers: Mapping[str, nn.Module]) -> None:
    known = {f"{PREFIX}{layer}.lora_{side}.weight" for layer in layers for side in "AB"}
    if not names or set(names) - known:
        raise AdapterError("This voice speaks in layers that this model does not have.")


def _pair(tensors: Mapping[str, Tensor], name: str, layer: nn.Module) -> Pair:
    down = tensors[f"{PREFIX}{name}.lora_A.weight"]
    up = tensors.get(f"{PREFIX}{name}.lora_B.weight")
    size_in, size_out = size_of(layer)
    rank = down.shape[0] if down.dim() == 2 else 0
    fits = (
        up is not None
        and 1 <= rank <= LARGEST_RANK
        and down.shape == (rank, size_in)
        and up.shape == (size_out, rank)
        and down.dtype in KINDS
        and up.dtype in KINDS
    )
    if not fits or up is None:
        raise AdapterError("The weights of this voice have the wrong shape.")
    # A sum is quick to make, and no number that is none gets lost in it.
    if not math.isfinite(down.sum(dtype=torch.float32) + up.sum(dtype=torch.float32)):
        raise AdapterError("The weights of this voice hold numbers that are none.")
    return Pair(down, up)


def as_tensors(adapter: Adapter) -> dict[str, Tensor]:
    """By the names that PEFT gives them, in full precision."""
    return {
        f"{PREFIX}{name}.lora_{side}.weight": tensor.float()
        for name, pair in adapter.pairs.items()
        for side, tensor in (("A", pair.down), ("B", pair.up))
    }


def publish(
    folder: Path, tensors: Mapping[str, Tensor], config: dict[str, Any], base: str
) -> None:
    """Write the two files, whole or not at all: the folder appears in one move."""
    part = folder.with_name(f"{folder.name}.part")
    part.mkdir(parents=True)
    metadata = {"format": "pt", BASE: base}
    held = {name: tensor.contiguous().cpu() for name, tensor in tensors.items()}
    save_file(held, part / WEIGHTS, metadata=metadata)
    text = json.dumps(config, indent=1, sort_keys=True)
    (part / CONFIG).write_text(text, encoding="utf-8")
    for name in (WEIGHTS, CONFIG):
        (part / name).chmod(0o600)
        with (part / name).open("rb") as written:
            os.fsync(written.fileno())
    part.rename(folder)
