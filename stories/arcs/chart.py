"""The course of a story, planned and measured, as points and as lines to draw."""

from collections.abc import Sequence
from dataclasses import dataclass

from stories import tree
from stories.arcs.shapes import Arc, arc_of, correlation
from stories.arcs.targets import safe_reading
from stories.arcs.tones import label
from stories.models import Passage, Status, Story

#: A longer story is charted by its last passages; more would be a smear.
SHOWN = 120
#: Branches that can be compared, newest first.
BRANCHES = 12
WIDTH, HEIGHT, EDGE = 480, 200, 14


@dataclass(frozen=True)
class Point:
    """One passage, or one that is still to come (without a passage)."""

    number: int  # within the story, from 1
    x: float
    planned: float | None = None
    measured: float | None = None
    passage: int | None = None
    label: str = ""
    asked: str = ""
    read: str = ""
    #: It was written towards its plan; others only happen to lie beside one.
    aimed: bool = False
    #: Written, but not to be measured: another script, nothing but digits.
    silent: bool = False

    @property
    def planned_y(self) -> float | None:
        return None if self.planned is None else height(self.planned)

    @property
    def measured_y(self) -> float | None:
        return None if self.measured is None else height(self.measured)


@dataclass(frozen=True)
class Chart:
    points: list[Point]
    #: The other branch, if one is compared.
    other: list[Point]
    first: int
    radius: float

    @property
    def planned_line(self) -> str:
        return path([(p.x, p.planned_y) for p in self.points])

    @property
    def measured_line(self) -> str:
        return path([(p.x, p.measured_y) for p in self.points])

    @property
    def other_line(self) -> str:
        return path([(p.x, p.measured_y) for p in self.other])

    @property
    def written(self) -> list[Point]:
        return [point for point in self.points if point.passage]

    @property
    def together(self) -> float | None:
        """How far plan and story move alike: Pearson's r over what was planned."""
        both = [
            (point.planned, point.measured)
            for point in self.written
            if point.aimed and point.measured is not None
        ]
        if not both:
            return None
        planned, measured = zip(*both, strict=True)
        return correlation(planned, measured)


def chart(story: Story, other: Passage | None = None) -> Chart:
    arc = arc_of(story.arc)
    passages, first = branch(story.tip_id)
    theirs, their_first = branch(other.pk) if other else ([], 1)
    ends = [first + len(passages) - 1, their_first + len(theirs) - 1, first + 1]
    last = max([*ends, arc.passages] if arc else ends)
    points = [
        point_of(passage, number, place(number, first, last), arc)
        for number, passage in enumerate(passages, first)
    ]
    if arc:
        points += [
            Point(number, place(number, first, last), planned=arc.at(number - 1))
            for number in range(first + len(points), last + 1)
        ]
    compared = [
        point_of(passage, number, place(number, first, last), None)
        for number, passage in enumerate(theirs, their_first)
        if number >= first
    ]
    return Chart(points, compared, first, radius(last - first + 1))


def branch(end: int | None) -> tuple[list[Passage], int]:
    """The passages of a branch that are shown, and the number of the first."""
    passages = tree.line(end=end, limit=SHOWN)
    return passages, tree.length(end=end) - len(passages) + 1


def point_of(passage: Passage, number: int, x: float, arc: Arc | None) -> Point:
    target = passage.tone_target or {}
    under_way = passage.status in (Status.QUEUED, Status.WRITING)
    read = None if under_way else safe_reading(passage)
    planned = target.get("planned")
    aimed = planned is not None
    if planned is None and arc:
        planned = arc.at(number - 1)
    return Point(
        number,
        x,
        planned=planned,
        measured=read and read["valence"],
        passage=passage.pk,
        label=tree.first_words(passage.text, 48),
        asked=label(passage.tone_asked) if passage.tone_asked else "",
        read=label(read["tone"]) if read else "",
        aimed=aimed,
        silent=read is None and not under_way,
    )


def branches(story: Story) -> list[tuple[int, str]]:
    """Ends of the branches that are not read now, the newest first."""
    rows = tree.outline(story=story)
    parents = {row.parent_id for row in rows}
    ends = [row for row in rows if row.id not in parents and not row.on_path]
    return [(row.id, row.label) for row in ends[-BRANCHES:]][::-1]


# --- drawing ------------------------------------------------------------------------


def place(number: int, first: int, last: int) -> float:
    share = (number - first) / max(1, last - first)
    return round(EDGE + share * (WIDTH - 2 * EDGE), 1)


def height(valence: float) -> float:
    """Bright is up."""
    return round(EDGE + (1 - valence) / 2 * (HEIGHT - 2 * EDGE), 1)


def radius(count: int) -> float:
    return round(max(2.5, 7 - count / 15), 1)


def path(places: Sequence[tuple[float, float | None]]) -> str:
    """An SVG path; where nothing is known, the line has a gap."""
    steps, down = [], False
    for x, y in places:
        if y is None:
            down = False
            continue
        steps.append(f"{'L' if down else 'M'}{x} {y}")
        down = True
    return " ".join(steps)


def spark(points: Sequence[float], width: int = 72, high: int = 28) -> str:
    """A small picture of a shape."""
    last = len(points) - 1
    return path(
        [
            (
                round(3 + at / last * (width - 6), 1),
                round(3 + (1 - v) / 2 * (high - 6), 1),
            )
            for at, v in enumerate(points)
        ]
    )
