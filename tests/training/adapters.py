"""Small adapters for the engine's tests, made and read by PEFT itself."""

import json
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import PreTrainedModel

from tests.training.engines import tiny_model
from training.engine.local.adapters import BASE, CONFIG, WEIGHTS, fingerprint


def make_adapter(
    folder: Path, seed: int, shape: str = "llama", rank: int = 4, **options: Any
) -> Path:
    """A random voice for `tiny_model(shape)`, strong enough to change its words."""
    model = tiny_model(shape)
    base = fingerprint(model)
    config = LoraConfig(
        r=rank, lora_alpha=2 * rank, target_modules="all-linear",
        task_type="CAUSAL_LM", fan_in_fan_out=shape == "gpt2", **options,
    )  # fmt: skip
    voice = get_peft_model(model, config)
    dice = torch.Generator().manual_seed(seed)
    for name, weights in voice.named_parameters():
        if "lora_" in name:
            weights.data = 0.4 * torch.randn(weights.shape, generator=dice)
    voice.save_pretrained(str(folder))
    (folder / "README.md").unlink(missing_ok=True)
    sign(folder, base)
    return folder


def sign(folder: Path, base: str) -> None:
    save_file(load_file(folder / WEIGHTS), folder / WEIGHTS, {BASE: base})


def change_config(folder: Path, **changes: Any) -> None:
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(config | changes))


def change_weights(folder: Path, change: Any) -> None:
    tensors = load_file(folder / WEIGHTS)
    base = fingerprint(tiny_model("llama"))
    save_file(change(tensors), folder / WEIGHTS, {BASE: base})


def as_peft_writes(
    folder: Path, ids: list[int], new: int, shape: str = "llama"
) -> list[int]:
    voice = PeftModel.from_pretrained(tiny_model(shape), str(folder)).eval()
    return greedy(voice, ids, new)


def greedy(model: PreTrainedModel | PeftModel, ids: list[int], new: int) -> list[int]:
    written = model.generate(
        input_ids=torch.tensor([ids]),
        attention_mask=torch.ones(1, len(ids)),
        max_new_tokens=new,
        do_sample=False,
        eos_token_id=[1, 2, 3, 4],
        pad_token_id=0,
    )[0, len(ids) :].tolist()
    return [token for token in written if token > 4]
