"""The bare model with nothing around it, to measure the product against."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from training.engine.base import Prompt
from training.engine.local import bench
from training.engine.local.chat import Chat
from training.engine.local.model import context_of, load


class Yardstick:
    """Counts as the engine does; writes with transformers' own `generate`, greedily."""

    def __init__(self, folder: Path, threads: int, device: str = "cpu"):
        torch.set_num_threads(threads)
        self.model, tokenizer = load(str(folder), device)
        self.context = context_of(self.model, None)
        self.chat = Chat(tokenizer)

    def count(self, text: str) -> int:
        return self.chat.count(text)

    def length(self, prompt: Prompt) -> int:
        return len(self.chat.encode(prompt))

    def first(self, prompts: Sequence[Prompt]) -> float:
        """Seconds to the first token of a static batch."""
        return bench.generate_first(self.model, self.ids(prompts))

    def static(self, prompts: Sequence[Prompt], new: int) -> bench.Run:
        """One static batch, `new` tokens each."""
        return bench.generate_static(self.model, self.ids(prompts), new)

    def continuous(self, prompts: Sequence[Prompt], new: int) -> bench.Run:
        """transformers' continuous batching."""
        return bench.continuous(self.model, self.ids(prompts), new)

    def ids(self, prompts: Sequence[Prompt]) -> Tensor:
        """Of equal length, so that no time goes into padding: [prompts, tokens]."""
        encoded = [self.chat.encode(prompt) for prompt in prompts]
        width = min(map(len, encoded))
        return torch.tensor([ids[-width:] for ids in encoded], device=self.model.device)
