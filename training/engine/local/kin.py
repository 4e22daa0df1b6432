"""Prompts of one passage begin alike: the common part is read once and copied.

Used by the engine thread, and by the one caller that writes the passage. Nothing is
looked up by content: who was not given the same `Kin` finds nothing, and what another
adapter read is never taken.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from training.engine.base import Kin, Prompt
from training.engine.local.cache import RowCache


@dataclass(slots=True, eq=False)
class Kept:
    ids: list[int]
    voices: Any
    cache: RowCache


@dataclass(slots=True, eq=False)
class Shared:
    """What is kept for one kin: a reading for every row of a draft."""

    #: The request that reads the common part; the others wait for it.
    reader: Any = None
    kept: list[Kept] = field(default_factory=list)
    #: The last prompt that was rendered, and its tokens.
    rendered: tuple[Any, list[int]] | None = None

    @classmethod
    def of(cls, kin: Kin) -> "Shared":
        if not isinstance(kin.kept, cls):
            kin.kept = cls()
        return kin.kept

    def encode(
        self, prompt: Prompt, encode: Callable[[Prompt], list[int]]
    ) -> list[int]:
        """Kin mostly ask with the very same prompt: it is rendered once."""
        if self.rendered is None or self.rendered[0] is not prompt.messages:
            self.rendered = (prompt.messages, encode(prompt))
        return list(self.rendered[1])

    def must_wait(self, request: Any) -> bool:
        reader = self.reader
        if reader is None or reader is request or reader.done or reader.cancelled:
            return False
        return not reader.drafts[0].ready

    def join(self, request: Any) -> None:
        """Begin with what was read; whoever comes first reads the rest for all."""
        self.reader = request
        for row, kept in zip(request.drafts[0].rows, self.kept, strict=False):
            if row.voices != kept.voices:
                continue
            same = alike(kept.ids, row.ids[:-1])  # the last is fed, for its scores
            if same:
                row.cache = RowCache(row.capacity)
                row.cache.copy(kept.cache, same)
                row.cached = same

    def keep(self, request: Any) -> None:
        """The reader has read; `rows` may go on, their prompts stay as they are."""
        if self.reader is not request:
            return
        self.reader = None
        rows = request.drafts[0].rows
        if all(isinstance(row.cache, RowCache) for row in rows):
            self.kept = [Kept(list(row.ids), row.voices, row.cache) for row in rows]


def alike(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both begin with."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
