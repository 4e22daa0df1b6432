"""Feed tokens to the model and get back the scores of what may follow."""

import inspect
from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel

from training.engine.local.attention import PACKED, Pack, Span
from training.engine.local.batch import Row, Segment
from training.engine.local.cache import RowCache
from training.engine.local.slots import Slots


class Forward(Protocol):
    """One step of the model over some rows. Row caches are made and kept here."""

    def __call__(self, segments: Sequence[Segment]) -> Tensor:
        """Scores after each segment's last token: [segments, vocabulary], on the CPU.

        Afterwards each row has one cached key and value for every token fed.
        """
        ...


class PackedForward:
    """All rows in one `model.forward`, end to end in a single sequence."""

    def __init__(self, model: PreTrainedModel, slots: Slots) -> None:
        model.set_attn_implementation(PACKED)
        self._model = model
        self._slots = slots

    def __call__(self, segments: Sequence[Segment]) -> Tensor:
        ids: list[int] = []
        positions: list[int] = []
        ends: list[int] = []
        spans: list[Span] = []
        for segment in segments:
            row = segment.row
            row.cache = row.cache or RowCache(row.capacity)
            ids += row.ids[segment.start : segment.stop]
            positions += range(segment.start, segment.stop)
            ends.append(len(ids) - 1)
            spans.append(Span(row.cache, segment.start, segment.length))
        device = self._model.device
        with self._slots.routed(segments):
            output = self._model(
                input_ids=torch.tensor([ids], device=device),
                position_ids=torch.tensor([positions], device=device),
                # Most of a prompt's scores are never looked at, and cost a lot.
                logits_to_keep=torch.tensor(ends, device=device),
                use_cache=False,
                pack=Pack(spans),
            )
        return output.logits[0].float().cpu()


class SoloForward:
    """Row after row with the model's own cache, for models that cannot be packed.

    Right for everything transformers can generate with, and slow for many at once.
    """

    def __init__(self, model: PreTrainedModel, slots: Slots) -> None:
        self._model = model
        self._slots = slots
        accepted = inspect.signature(model.forward).parameters
        self._options = {"logits_to_keep": 1} if "logits_to_keep" in accepted else {}

    def __call__(self, segments: Sequence[Segment]) -> Tensor:
        return torch.stack([self._step(segment) for segment in segments])

    def _step(self, segment: Segment) -> Tensor:
        row = segment.row
        device = self._model.device
        if row.cache is None:
            row.cache = DynamicCache(config=self._model.config)
        ids = row.ids[segment.start : segment.stop]
        with self._slots.routed([segment]):
            output = self._model(
                input_ids=torch.tensor([ids], device=device),
                past_key_values=row.cache,
                use_cache=True,
                **self._options,
            )
        return output.logits[0, -1].float().cpu()


def choose_forward(model: PreTrainedModel, slots: Slots) -> Forward:
    """The packed forward where it is proven right for this model, else the solo one.

    The proof, on a few tokens: packed scores equal the model's own. It also warms the
    model up, so that the first writer does not pay for it.
    """
    expected = _scores(SoloForward(model, slots))
    if not model._supports_attention_backend:
        return SoloForward(model, slots)
    own = model.config._attn_implementation
    try:
        packed = PackedForward(model, slots)
        found = _scores(packed)
    except Exception:  # whatever a foreign model raises, it is not packable
        found = None
    if found is not None and torch.allclose(
        found, expected, rtol=0.0, atol=_tolerance(model, expected)
    ):
        return packed
    model.set_attn_implementation(own)
    return SoloForward(model, slots)


@torch.inference_mode()
def _scores(forward: Forward) -> Tensor:
    """Scores of two rows of unlike length, in chunks, decoding side by side."""
    first, second = Row(list(range(2, 13)), 12), Row(list(range(20, 25)), 6)
    forward([Segment(first, 0, 6)])
    forward([Segment(first, 6, 10), Segment(second, 0, 4)])
    return forward([Segment(first, 10, 11), Segment(second, 4, 5)])


def _tolerance(model: PreTrainedModel, scores: Tensor) -> float:
    """Rounding noise is far smaller than the spread of scores; an error is not."""
    share: dict[Any, float] = {torch.float32: 1e-3}
    return share.get(model.dtype, 0.1) * float(scores.std())
