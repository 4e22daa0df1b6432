"""What pupils wrote in their turns, for the teacher: all of it.

Also what was deleted, left on another branch or changed since: a child may want help
and take the words back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from stories.lessons import screening
from stories.lessons.models import Reading
from stories.models import Author, Passage, Story


@dataclass
class Piece:
    """A passage as the teacher reads it."""

    passage: Passage
    #: Texts it had before.
    earlier: list[str] = field(default_factory=list)
    #: Words to look at: (rule, word).
    marks: list[tuple[str, str]] = field(default_factory=list)

    @property
    def by(self) -> str:
        """pupil, model, or both."""
        if self.passage.author == Author.PERSON:
            return "pupil"
        return "both" if self.passage.revision_id else "model"


@dataclass
class Written:
    story: Story
    own: bool
    path: list[Piece]
    aside: list[Piece]  # deleted, or on another branch


def of(readings: Iterable[Reading]) -> dict[int, list[Written]]:
    """By reading; three queries, however many there are."""
    stories = Story.objects.filter(turn__reading__in=list(readings))
    stories = stories.select_related("turn").order_by("turn__own")
    rows = stories.prefetch_related("passages__revisions")
    found: dict[int, list[Written]] = {}
    for story in rows:
        if written := _written(story):
            found.setdefault(story.turn.reading_id, []).append(written)
    return found


def _written(story: Story) -> Written | None:
    passages = {p.pk: p for p in story.passages.all() if p.text or p.direction}
    if not passages:
        return None
    parents = {p.pk: p.parent_id for p in story.passages.all()}
    line = list(_up(parents, story.tip_id))[::-1]
    path = [_piece(passages[pk]) for pk in line if pk in passages]
    aside = [_piece(p) for pk, p in passages.items() if pk not in line]
    return Written(story, story.turn.own, path, aside)


def _up(parents: dict[int, int | None], pk: int | None) -> Iterator[int]:
    while pk is not None:
        yield pk
        pk = parents[pk]


def _piece(passage: Passage) -> Piece:
    texts = [r.text for r in passage.revisions.all()]
    earlier = [text for text in dict.fromkeys(texts) if text != passage.text]
    told = "\n".join([passage.text, passage.direction, *earlier])
    marks = [(flag["rule"], flag["word"]) for flag in screening.flags_of(told)]
    first = sorted(dict.fromkeys(marks), key=lambda mark: mark[0] != "crisis")
    return Piece(passage, earlier, first)
