"""Is it the author's own voice, or only the domain? Every adapter on every text."""

from collections.abc import Sequence
from pathlib import Path

import torch
from peft import PeftModel

from training.engine.fitting import Told
from training.engine.local.chat import Chat
from training.engine.local.dataset import windows_of
from training.engine.local.fit import mean, nats_of
from training.engine.local.model import load

LOOK = 256


def cross(
    model: str,
    adapters: Sequence[Path],
    tests: Sequence[Sequence[Told]],
    *,
    device: str = "auto",
    threads: int = 1,
) -> list[list[float]]:
    """Nats per token: for each test text a row, for the bare model and each adapter."""
    torch.set_num_threads(threads)
    loaded, tokenizer = load(model, device)
    chat = Chat(tokenizer)
    windows = [windows_of(chat, test, LOOK) for test in tests]
    rows = [[mean(nats_of(loaded, each))] for each in windows]
    voices = PeftModel.from_pretrained(loaded, str(adapters[0]), adapter_name="a0")
    for number, adapter in enumerate(adapters[1:], 1):
        voices.load_adapter(str(adapter), adapter_name=f"a{number}")
    for number in range(len(adapters)):
        voices.set_adapter(f"a{number}")
        for row, each in zip(rows, windows, strict=True):
            row.append(mean(nats_of(voices, each)))
    return rows
