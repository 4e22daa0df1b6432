"""The keys and values one row has computed so far, so no token is computed twice."""

from torch import Tensor


class RowCache:
    """Keys and values of one row, for every layer: room for `capacity` tokens.

    Each row owns its memory, taken once at the full size the request can reach. So a
    row joins and leaves the batch without copying anybody's cache, nothing is padded
    to the longest row, and a passage's traces are gone with its request.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._layers: dict[int, tuple[Tensor, Tensor]] = {}

    def write(
        self, layer: int, start: int, keys: Tensor, values: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Store `keys`, `values` [1, kv heads, t, dim] at `start`; all so far.

        Returns views [1, kv heads, start + t, dim] without copying.
        """
        count = keys.shape[2]
        if layer not in self._layers:
            self._layers[layer] = (self._room(keys), self._room(values))
        all_keys, all_values = self._layers[layer]
        # `narrow` takes half the time of a slice; a step does this a hundred times.
        all_keys.narrow(2, start, count).copy_(keys)
        all_values.narrow(2, start, count).copy_(values)
        stop = start + count
        return all_keys.narrow(2, 0, stop), all_values.narrow(2, 0, stop)

    def copy(self, other: "RowCache", count: int) -> None:
        """Take over the first `count` tokens of another row."""
        for layer, (keys, values) in other._layers.items():
            self.write(layer, 0, keys[:, :, :count], values[:, :, :count])

    def _room(self, like: Tensor) -> Tensor:
        _, heads, _, dim = like.shape
        return like.new_empty(1, heads, self.capacity, dim)
