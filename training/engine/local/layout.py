"""How a model's matrices lie in memory: as this machine multiplies by them quickest."""

import time
from collections.abc import Iterator
from itertools import groupby

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

#: Rows that are multiplied at once: of one person who writes, and of eight.
ROWS = (1, 8)
TRIES = 7
#: Of the time as it lies: what is worth it, and what nobody would notice.
PLAINLY, SLOWER = 0.9, 1.1


@torch.no_grad()  # not `inference_mode`: a voice may be learnt on these weights
def lay_out(model: nn.Module) -> int:
    """Lay linear layers the other way round in memory where that is quicker.

    A matrix library takes a few rows times a matrix best if the matrix lies as the rows
    run through it, and PyTorch keeps it the other way round. For eight rows that takes
    up to 2.6 times as long (MKL, AVX-512, what fits into a cache; a whole engine of
    135M parameters gained a quarter, the seedling 5 %); for hundreds, as a prompt or
    learning has, it is all one. Values, shapes and names stay as they are. Measured
    here, once for each shape, since machines differ, in a second or two for 135M
    parameters; on a GPU nothing is changed. An embedding that is the output too is
    looked up more slowly then (10 µs a token for 50,000 words of 576 numbers). Returns
    how many layers were laid anew.
    """
    # Not what is derived from it: a quantised layer packs its numbers in its own way.
    layers = [m for m in model.modules() if type(m) is nn.Linear]
    layers = [m for m in layers if m.weight.device.type == "cpu"]
    layers.sort(key=shape_of)
    changed = 0
    for _, alike in groupby(layers, key=shape_of):
        group = list(alike)
        if not quicker_turned(group[0].weight):
            continue
        for layer in group:
            layer.weight.data = turned(layer.weight.data)
        changed += len(group)
    return changed


def shape_of(layer: nn.Linear) -> tuple[int, int]:
    return layer.in_features, layer.out_features


def turned(weight: Tensor) -> Tensor:
    """The same matrix, column after column in memory."""
    return weight.t().contiguous().t()


def quicker_turned(weight: Tensor) -> bool:
    """Plainly, and for no number of rows slower: what is as quick stays as it is."""
    found, plain = list(seconds(turned(weight))), list(seconds(weight))
    gains = sum(found) < PLAINLY * sum(plain)
    return gains and all(a < SLOWER * b for a, b in zip(found, plain, strict=True))


def seconds(weight: Tensor) -> Iterator[float]:
    """The best of some tries for each number of rows."""
    for rows in ROWS:
        given = weight.new_ones(rows, weight.shape[1])
        yield min(timed(given, weight) for _ in range(TRIES))


def timed(given: Tensor, weight: Tensor) -> float:
    began = time.perf_counter()
    linear(given, weight)
    return time.perf_counter() - began
