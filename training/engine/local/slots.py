"""Many adapters inside one running batch: stacked in slots, each row with its own.

PEFT switches adapters on the model, for everybody. Here the weights of all voices in
use lie side by side, and every step says which tokens each of them colours, so nobody
can ever hear another's: a token without a slot is the plain model's.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from training.engine.local.adapters import Adapter, Pair, adaptable, size_of
from training.engine.local.batch import Segment, Voice

#: Slots made at first; more only while more voices speak at once.
FIRST_SLOTS = 8


@dataclass(slots=True)
class Span:
    """Tokens [begin:end] of a step. `slots`: one for all of them, or one for each."""

    begin: int
    end: int
    slots: int | slice | Tensor
    #: [tokens, 1, 1] or a number.
    weight: Tensor | float

    def speak(self, down: Tensor, up: Tensor, heard: Tensor, said: Tensor) -> None:
        """Add to `said` [tokens, out] what the voices make of `heard` [tokens, in]."""
        heard, said = heard[self.begin : self.end], said[self.begin : self.end]
        if isinstance(self.slots, int):
            inner = heard @ down[self.slots].T
            said.addmm_(inner, up[self.slots], alpha=float(self.weight))
            return
        # A row times a matrix, and both matrices lie as that reads them: as a matrix
        # times a column it takes two to ten times as long on a CPU.
        inner = torch.bmm(heard.unsqueeze(1), down[self.slots].transpose(1, 2))
        strength = 1.0
        if isinstance(self.weight, float):
            strength = self.weight
        else:
            inner.mul_(self.weight)
        said.unsqueeze(1).baddbmm_(inner, up[self.slots], alpha=strength)


class Layer:
    """One linear layer's share of every slot, and the hook that lets them speak.

    `down` [slots, rank, in]; `up` [slots, rank, out], the other way round than on disk.
    """

    def __init__(self, module: nn.Module, slots: "Slots", like: Tensor) -> None:
        """`like`: a tensor of the kind and place that voices are kept in."""
        self.size_in, self.size_out = size_of(module)
        self.like = like
        self.down: Tensor | None = None
        self.up: Tensor | None = None
        self._slots = slots
        module.register_forward_hook(self._hook)

    def _hook(self, module: nn.Module, given: Any, output: Tensor) -> None:
        spans = self._slots.spans
        if not spans or self.down is None or self.up is None:
            return
        heard = given[0].reshape(-1, self.size_in)
        said = output.view(-1, self.size_out)
        for span in spans:
            span.speak(self.down, self.up, heard, said)

    def put(self, slot: int, pair: Pair | None) -> None:
        """Fill a slot. Nothing of who lay there before is left."""
        assert self.down is not None and self.up is not None
        rank = pair.down.shape[0] if pair else 0
        if rank < self.down.shape[1]:
            self.down[slot, rank:].zero_()
            self.up[slot, rank:].zero_()
        if pair:
            self.down[slot, :rank].copy_(pair.down)
            turn(pair.up, self.up[slot, :rank])

    def grow(self, count: int, rank: int) -> None:
        """Room for `count` slots of `rank`; what is there stays."""
        old_down, old_up = self.down, self.up
        self.down = self.like.new_zeros(count, rank, self.size_in)
        self.up = self.like.new_zeros(count, rank, self.size_out)
        if old_down is not None and old_up is not None:
            held, before = old_down.shape[:2]
            self.down[:held, :before] = old_down
            self.up[:held, :before] = old_up


def turn(matrix: Tensor, place: Tensor) -> None:
    """Copy a matrix the other way round. On a CPU numpy takes half of torch's time for
    it, and a voice's first words wait for that."""
    if place.device.type == "cpu" and matrix.dtype == place.dtype == torch.float32:
        np.copyto(place.numpy(), matrix.numpy().T)
    else:
        place.copy_(matrix.T)


class Slots:
    """Which adapter lies where. Only the engine thread touches it."""

    def __init__(self, model: PreTrainedModel) -> None:
        self.spans: list[Span] = []
        self.modules = adaptable(model)
        self._layers: dict[str, Layer] = {}
        self._device = model.device
        self._like = torch.empty(0, dtype=model.dtype, device=model.device)
        self._held: OrderedDict[str, int] = OrderedDict()
        self._pins: Counter[int] = Counter()
        self._count = self._rank = 0

    @property
    def paths(self) -> list[str]:
        """The adapters that lie in slots, the one longest unused first."""
        return list(self._held)

    def take(self, adapter: Adapter) -> int:
        """The adapter's slot, loaded if need be, and kept until it is given back."""
        slot = self._held.get(adapter.path)
        if slot is None:
            slot = self._place(adapter)
            self._held[adapter.path] = slot
        self._held.move_to_end(adapter.path)
        self._pins[slot] += 1
        return slot

    def give_back(self, slot: int) -> None:
        self._pins[slot] -= 1
        if not self._pins[slot]:
            del self._pins[slot]

    def forget_missing(self) -> None:
        """Wipe what was deleted from the disk: a forgotten voice is gone here too."""
        for path in self.paths:
            if not Path(path).is_dir():
                self.forget(path)

    def forget(self, path: str) -> None:
        if path in self._held:
            self._wipe(self._held.pop(path))

    @contextmanager
    def routed(self, segments: Sequence[Segment]) -> Iterator[None]:
        """During one forward pass over these segments, end to end."""
        self.spans = list(self._spans(segments))
        try:
            yield
        finally:
            self.spans = []

    def _place(self, adapter: Adapter) -> int:
        slot = self._free()
        if slot is None or adapter.rank > self._rank:
            self._grow(adapter, full=slot is None)
            slot = self._free() if slot is None else slot
        assert slot is not None
        for name in adapter.pairs.keys() - self._layers.keys():
            self._add(name)
        for name, layer in self._layers.items():
            layer.put(slot, adapter.pairs.get(name))
        return slot

    def _free(self) -> int | None:
        """A slot nobody lies in; else the one longest unused that nobody needs now."""
        taken = {*self._held.values(), *self._pins}
        for slot in range(self._count):
            if slot not in taken:
                return slot
        for path, slot in self._held.items():
            if slot not in self._pins:
                del self._held[path]
                return slot
        return None

    def _grow(self, adapter: Adapter, full: bool) -> None:
        if full:
            self._count = max(FIRST_SLOTS, 2 * self._count)
        self._rank = max(self._rank, adapter.rank)
        for layer in self._layers.values():
            layer.grow(self._count, self._rank)

    def _add(self, name: str) -> None:
        module = self.modules[name]
        # The weights of a quantised layer are no numbers to be like.
        plain = type(module) in (nn.Linear, Conv1D)
        like = module.weight if plain else self._like
        self._layers[name] = layer = Layer(module, self, like)
        layer.grow(self._count, self._rank)

    @torch.inference_mode()
    def _wipe(self, slot: int) -> None:
        for layer in self._layers.values():
            layer.put(slot, None)

    def _spans(self, segments: Sequence[Segment]) -> Iterator[Span]:
        """What is written token by token goes together, what is read goes apart."""
        at = 0
        ones: list[tuple[int, tuple[Voice, ...]]] = []
        for segment in segments:
            voices = segment.row.voices
            if segment.length == 1 and voices:
                ones.append((at, voices))
            else:
                for voice in voices:
                    yield Span(at, at + segment.length, voice.slot, voice.weight)
            at += segment.length
        yield from self._runs(ones)

    def _runs(self, ones: list[tuple[int, tuple[Voice, ...]]]) -> Iterator[Span]:
        """Neighbouring single tokens with a n-th voice each, as one product."""
        for depth in range(max((len(voices) for _, voices in ones), default=0)):
            run: list[tuple[int, Voice]] = []
            for at, voices in ones:
                if len(voices) <= depth:
                    continue
                if run and at != run[-1][0] + 1:
                    yield self._run(run)
                    run = []
                run.append((at, voices[depth]))
            yield self._run(run)

    def _run(self, run: list[tuple[int, Voice]]) -> Span:
        slots = [voice.slot for _, voice in run]
        weights = {voice.weight for _, voice in run}
        first, last = slots[0], slots[-1]
        begin, end = run[0][0], run[-1][0] + 1
        # Neighbouring slots are read where they lie; others must be gathered.
        if slots == list(range(first, last + 1)):
            where: slice | Tensor = slice(first, last + 1)
        else:
            where = torch.tensor(slots, device=self._device)
        if len(weights) == 1:
            return Span(begin, end, where, weights.pop())
        each = [[[voice.weight]] for _, voice in run]
        return Span(begin, end, where, torch.tensor(each, device=self._device))
