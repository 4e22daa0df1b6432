"""Attention over a packed batch: many rows laid end to end in one sequence.

Everything in a transformer but attention treats tokens one by one, so rows of any
length can share a single [1, tokens] forward without padding. Only here are they told
apart: each segment attends to its own row's cache, as if it were alone.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface

from training.engine.local.cache import RowCache

#: The name under which transformers finds `packed_attention`.
PACKED = "storyloom_packed"


@dataclass(slots=True)
class Span:
    """`length` tokens of one row, fed now; the row's first `start` are cached."""

    cache: RowCache
    start: int
    length: int


@dataclass(slots=True)
class Pack:
    """Which tokens of the packed sequence belong to which row. Lives one forward."""

    spans: list[Span]
    _masks: dict[tuple[int, int, int], Tensor] = field(default_factory=dict)

    def attend(
        self,
        layer: int,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        scaling: float | None,
        window: int | None,
    ) -> Tensor:
        """Queries [1, heads, T, dim], keys and values [1, kv heads, T, dim].

        Returns [1, T, heads, dim].
        """
        outputs = []
        lengths = [span.length for span in self.spans]
        each = (states.split(lengths, dim=2) for states in (query, key, value))
        for span, queries, new_keys, new_values in zip(self.spans, *each, strict=True):
            keys, values = span.cache.write(layer, span.start, new_keys, new_values)
            if span.length == 1:
                outputs.append(_attend_one(queries, keys, values, scaling, window))
            else:
                mask = self._mask(span, window, queries)
                outputs.append(_attend_many(queries, keys, values, scaling, mask))
        return torch.cat(outputs, dim=1)

    def _mask(self, span: Span, window: int | None, like: Tensor) -> Tensor | None:
        """What `span` may see, as [length, start + length]; None is plain causal."""
        total = span.start + span.length
        if window is not None and total <= window:
            window = None
        if span.start == 0 and window is None:
            return None
        key = (span.start, span.length, window or 0)
        if key not in self._masks:
            self._masks[key] = _causal_mask(span, window, like)
        return self._masks[key]


def packed_attention(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    pack: Pack,
    scaling: float | None = None,
    sliding_window: int | None = None,
    softcap: float | None = None,
    s_aux: Tensor | None = None,
    position_bias: Tensor | None = None,
    **kwargs: Any,
) -> tuple[Tensor, None]:
    """The function a model calls in every layer; transformers gives its shape."""
    if softcap is not None or s_aux is not None or position_bias is not None:
        raise NotImplementedError("this kind of attention cannot be packed")
    return pack.attend(
        module.layer_idx, query, key, value, scaling, sliding_window
    ), None


def _attend_one(
    query: Tensor,
    keys: Tensor,
    values: Tensor,
    scaling: float | None,
    window: int | None,
) -> Tensor:
    """One token [1, heads, 1, dim] sees all of its row: no mask is needed.

    Query heads that share a key head are stacked as if they were several positions,
    so shared keys are read in place and not repeated.
    """
    if window is not None:
        keys, values = keys[:, :, -window:], values[:, :, -window:]
    _, heads, _, dim = query.shape
    kv_heads = keys.shape[1]
    grouped = query.reshape(1, kv_heads, heads // kv_heads, dim)
    output = scaled_dot_product_attention(grouped, keys, values, scale=scaling)
    return output.reshape(1, 1, heads, -1)


def _attend_many(
    query: Tensor,
    keys: Tensor,
    values: Tensor,
    scaling: float | None,
    mask: Tensor | None,
) -> Tensor:
    """Several tokens [1, heads, t, dim] of one row; `mask` None means causal."""
    shared = query.shape[1] // keys.shape[1]
    if mask is not None and shared > 1:
        # The quick kernels take either a mask or shared keys, not both.
        keys = keys.repeat_interleave(shared, dim=1)
        values = values.repeat_interleave(shared, dim=1)
        shared = 1
    output = scaled_dot_product_attention(
        query,
        keys,
        values,
        attn_mask=mask,
        is_causal=mask is None,
        scale=scaling,
        enable_gqa=shared > 1,
    )
    return output.transpose(1, 2)


def _causal_mask(span: Span, window: int | None, like: Tensor) -> Tensor:
    """0 where a token may look and -inf where not, [length, start + length]."""
    total = span.start + span.length
    at = torch.arange(span.start, total, device=like.device)[:, None]
    seen = torch.arange(total, device=like.device)[None, :]
    hidden = seen > at
    if window is not None:
        hidden |= seen <= at - window
    mask = like.new_zeros(span.length, total)
    return mask.masked_fill_(hidden, float("-inf"))


AttentionInterface.register(PACKED, packed_attention)
