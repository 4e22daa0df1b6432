"""The adapters requests ask for: read once by who asks, placed by the engine thread."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from torch import nn
from transformers import PreTrainedModel

from training.engine.base import MOST_ADAPTERS, AdapterError, AdapterRef
from training.engine.local import reward
from training.engine.local.adapters import Adapter, fingerprint, read_adapter
from training.engine.local.batch import Request, Voice
from training.engine.local.reward import Reward
from training.engine.local.slots import Slots

#: No adapter may drown the model out, nor speak backwards louder than forwards.
STRONGEST = 2.0
#: Adapters kept in memory after their file was read.
READ_KEPT = 16
#: Seconds after which a deleted adapter is gone from memory at the latest.
SWEEP_EVERY = 1.0


class Voices:
    """Knows every adapter in use of one model."""

    def __init__(self, model: PreTrainedModel) -> None:
        self.slots = Slots(model)
        self.fingerprint = fingerprint(model)
        self._embeddings = reward.embeddings_of(model)
        self._modules: Mapping[str, nn.Module] = self.slots.modules
        self._read: OrderedDict[str, Adapter] = OrderedDict()
        self._reading = threading.Lock()
        self._swept = time.monotonic()

    # -- any thread

    def read(self, asked: Sequence[AdapterRef]) -> tuple[tuple[Adapter, float], ...]:
        """The adapters with their weights. Raises AdapterError."""
        if len(asked) > MOST_ADAPTERS:
            raise AdapterError(f"At most {MOST_ADAPTERS} voices speak together.")
        for ref in asked:
            if not math.isfinite(ref.weight) or abs(ref.weight) > STRONGEST:
                raise AdapterError(f"A voice speaks with at most {STRONGEST:g}.")
        return tuple((self._one(ref.path), ref.weight) for ref in asked)

    def _one(self, path: str) -> Adapter:
        if not Path(path).is_dir():
            raise AdapterError("This voice is gone.")
        with self._reading:
            known = self._read.get(path)
        adapter = known or read_adapter(Path(path), self._modules, self.fingerprint)
        with self._reading:
            self._read[path] = adapter
            self._read.move_to_end(path)
            while len(self._read) > READ_KEPT:
                self._read.popitem(last=False)
        return adapter

    def likes(self, asked: Sequence[AdapterRef]) -> list[tuple[Reward, float]]:
        """What is known of the taste behind each, with its weight."""
        read = ((self._reward(ref.path), ref.weight) for ref in asked)
        return [(known, weight) for known, weight in read if known]

    def _reward(self, path: str) -> Reward | None:
        with suppress(AdapterError):  # a story never waits for a taste
            return reward.read(Path(path), self._embeddings, self.fingerprint)
        return None

    # -- the engine thread

    def settle(self, request: Request) -> None:
        """Give a request that joins the batch its slots."""
        if not request.adapters:
            return
        voices = tuple(
            Voice(self.slots.take(adapter), weight * adapter.scaling)
            for adapter, weight in request.adapters
        )
        request.voices = voices
        for row in request.rows:
            row.voices = voices

    def leave(self, request: Request) -> None:
        for voice in request.voices:
            self.slots.give_back(voice.slot)
        request.voices = ()

    def forget(self, path: str) -> None:
        with self._reading:
            self._read.pop(path, None)
        self.slots.forget(path)

    def sweep(self) -> None:
        """Forget what was deleted from the disk; looks once a second."""
        if time.monotonic() - self._swept < SWEEP_EVERY:
            return
        self._swept = time.monotonic()
        self.slots.forget_missing()
        with self._reading:
            for path in [path for path in self._read if not Path(path).is_dir()]:
                del self._read[path]

    @property
    def patience(self) -> float | None:
        """How long the engine thread may sleep: without end, if it keeps no voice."""
        return SWEEP_EVERY if self._read or self.slots.paths else None
