"""The tree laid out as lines to read: the trunk straight down, branches indented.

Pure: rows of `tree.outline` in, groups of lines out. No recursion, so that a story
of two thousand passages in one long thread is as easy as any.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

#: A run without forks longer than this is folded in the middle.
LONG_RUN = 14
#: How much of a folded run stays to be seen at either end.
SHOWN_ENDS = 3
#: Deeper branches are drawn at this depth.
DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Line:
    row: Any
    depth: int
    position: int
    alternatives: int

    @property
    def forks(self) -> bool:
        return self.alternatives > 1


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that stand together; a folded group is opened on demand."""

    lines: list[Line]
    folded: bool

    @property
    def depth(self) -> int:
        return self.lines[0].depth


def lines(rows: Iterable[Any]) -> Iterator[Line]:
    """Each passage once: the branches left behind before the way taken."""
    children: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        children[row.parent_id].append(row)

    def unfold(parent_id: Any, depth: int) -> list[Line]:
        family = children.get(parent_id, [])
        if not family:
            return []
        trunk = next((row for row in family if row.on_path), family[0])
        placed = [
            Line(
                row,
                depth if row is trunk else min(depth + 1, DEEPEST),
                position,
                len(family),
            )
            for position, row in enumerate(family, start=1)
        ]
        # A stack gives back the last first: the trunk waits at the bottom.
        return sorted(placed, key=lambda line: (line.row is not trunk, -line.position))

    stack = unfold(None, 0)
    while stack:
        line = stack.pop()
        yield line
        stack += unfold(line.row.id, line.depth)


def groups(rows: Iterable[Any]) -> list[Group]:
    """The lines, with long runs folded in the middle."""
    laid_out: list[Group] = []
    for (_, forks), run in groupby(lines(rows), key=lambda ln: (ln.depth, ln.forks)):
        together = list(run)
        if forks or len(together) <= LONG_RUN:
            laid_out.append(Group(together, folded=False))
            continue
        laid_out += [
            Group(together[:SHOWN_ENDS], folded=False),
            Group(together[SHOWN_ENDS:-SHOWN_ENDS], folded=True),
            Group(together[-SHOWN_ENDS:], folded=False),
        ]
    return laid_out
