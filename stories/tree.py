"""Reading the tree: the chosen path, the map, the alternatives. No writing here."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Left

from stories.models import Passage, Signal, Story

#: Passages of one story, deleted ones included; also what an import may hold.
MOST = 5000

_UP = """
WITH RECURSIVE up(id, parent_id, depth) AS (
    SELECT id, parent_id, 1 FROM stories_passage WHERE id = %s
    UNION ALL
    SELECT p.id, p.parent_id, up.depth + 1
    FROM stories_passage p JOIN up ON p.id = up.parent_id
    WHERE up.depth < %s
)
SELECT id FROM up ORDER BY depth DESC
"""


@dataclass(frozen=True)
class Path:
    passages: list[Passage]
    has_more: bool


def path(*, story: Story, limit: int = 30, before: Passage | None = None) -> Path:
    """The last `limit` passages of the chosen path, or those before one of them."""
    end = before.parent_id if before else story.tip_id
    ids = _ids_up_from(end, limit + 1)
    shown = ids[-limit:]
    found = Passage.objects.select_related("revision").in_bulk(shown)
    passages = [found[pk] for pk in shown]
    _add_alternatives(story, passages)
    _add_thumbs(passages)
    return Path(passages, has_more=len(ids) > limit)


def tail(*, passage: Passage, limit: int) -> list[Passage]:
    """What a passage follows on from, at most `limit` passages, oldest first."""
    ids = _ids_up_from(passage.parent_id, max(1, limit))
    found = Passage.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def depth(*, passage: Passage) -> int:
    """How many passages it follows on from."""
    return length(end=passage.parent_id)


def line(*, end: int | None, limit: int) -> list[Passage]:
    """The last `limit` passages of the branch that ends in a passage, oldest first."""
    ids = _ids_up_from(end, limit)
    found = Passage.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def length(*, end: int | None) -> int:
    """How many passages the branch has that ends in a passage."""
    return len(_ids_up_from(end, MOST))


def whole_path(*, story: Story) -> list[Passage]:
    ids = _ids_up_from(story.tip_id, MOST)
    found = story.passages.select_related("revision").in_bulk()
    return [found[pk] for pk in ids]


def alternatives(*, passage: Passage) -> list[Passage]:
    """The passage and its siblings, in the order they were made."""
    return list(
        Passage.objects.filter(story=passage.story_id, parent=passage.parent_id)
        .kept()
        .select_related("revision")
        .order_by("number")
    )


@dataclass(frozen=True)
class Row:
    """One passage on the map."""

    id: int
    parent_id: int | None
    author: str
    mode: str
    status: str
    label: str
    on_path: bool
    depth: int


def outline(*, story: Story) -> list[Row]:
    """Every passage that can be reached, parents before children."""
    kept = (
        story.passages.kept()
        .order_by("number")
        .annotate(start=Left("text", 80))
        .values_list("id", "parent_id", "author", "mode", "status", "start")
    )
    parents = {row[0]: row[1] for row in kept}
    on_path = set()
    step = story.tip_id
    while step in parents and step not in on_path:
        on_path.add(step)
        step = parents[step]
    depths: dict[int | None, int] = {None: -1}
    rows = []
    for pk, parent, author, mode, status, start in kept:
        if parent not in depths:  # follows a deleted passage
            continue
        depths[pk] = depths[parent] + 1
        label = first_words(start)
        rows.append(
            Row(pk, parent, author, mode, status, label, pk in on_path, depths[pk])
        )
    return rows


def first_words(text: str, limit: int = 60) -> str:
    """The beginning of a text on one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[:limit].rsplit(" ", 1)[0].rstrip(",;:–—-") + "…"


def _ids_up_from(passage_id: int | None, limit: int) -> list[int]:
    """Ids from at most `limit` passages up to this one, oldest first."""
    if passage_id is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_UP, [passage_id, limit])
        return [row[0] for row in cursor.fetchall()]


def _add_alternatives(story: Story, passages: list[Passage]) -> None:
    families: dict[int | None, list[int]] = {p.parent_id: [] for p in passages}
    siblings = Q(parent__in=[pk for pk in families if pk])
    if None in families:
        siblings |= Q(parent=None)
    kept = story.passages.kept().filter(siblings).order_by("number")
    for parent, pk in kept.values_list("parent_id", "id"):
        families[parent].append(pk)
    for passage in passages:
        family = families[passage.parent_id]
        at = family.index(passage.pk) if passage.pk in family else 0
        passage.alternatives = len(family)
        passage.position = at + 1
        passage.previous_id = family[at - 1] if at > 0 else None
        passage.next_id = family[at + 1] if at + 1 < len(family) else None


def _add_thumbs(passages: list[Passage]) -> None:
    said = (
        Signal.objects.filter(
            passage__in=[passage.pk for passage in passages],
            kind__in=[Signal.Kind.UP, Signal.Kind.DOWN, Signal.Kind.FEELS],
        )
        .order_by("pk")
        .values_list("passage_id", "kind", "reason")
    )
    thumbs, feels = {}, {}
    for pk, kind, reason in said:
        if kind == Signal.Kind.FEELS:
            feels[pk] = reason
        else:
            thumbs[pk] = kind
    for passage in passages:
        passage.thumb = thumbs.get(passage.pk, "")
        passage.feels = feels.get(passage.pk, "")


class Skeleton:
    """All passages of a story without their texts, for walking its branches."""

    def __init__(self, story: Story):
        rows = story.passages.order_by("number").values_list(
            "id", "parent_id", "chosen_id", "deleted_at"
        )
        self.parent: dict[int, int | None] = {}
        self.chosen: dict[int, int | None] = {}
        self.kept: set[int] = set()
        self.children: dict[int | None, list[int]] = {}
        for pk, parent, chosen, deleted_at in rows:
            self.parent[pk] = parent
            self.chosen[pk] = chosen
            self.children.setdefault(parent, []).append(pk)
            if deleted_at is None:
                self.kept.add(pk)

    def siblings(self, pk: int) -> list[int]:
        """Kept passages with the same parent, itself included."""
        family = self.children.get(self.parent[pk], [])
        return [other for other in family if other in self.kept or other == pk]

    def up(self, pk: int | None) -> list[int]:
        """This passage and everything before it, newest first."""
        line = []
        while pk is not None:
            line.append(pk)
            pk = self.parent[pk]
        return line

    def end(self, pk: int) -> int:
        """Where the path ends that leads through this passage."""
        while True:
            following = self.chosen[pk]
            if following not in self.kept:
                kept = [c for c in self.children.get(pk, []) if c in self.kept]
                following = kept[-1] if kept else None
            if following is None:
                return pk
            pk = following

    def reachable(self, pk: int) -> bool:
        return all(step in self.kept for step in self.up(pk))
