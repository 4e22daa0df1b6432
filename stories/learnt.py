"""What a person's stories may teach a model, told to the ledger as plain values.

The person's own words, what they changed, chose, retried and rated. A passage that a
model wrote is never told as if the person had written it, and nothing is told of words
beside which help was shown.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from stories.arcs import feelings
from stories.models import Author, Mode, Passage, Signal, Status, Story
from stories.prompts.path import ask_lines, length_of, part_of
from training import ledger
from training.models import Document, Example

FEWEST_CHANGED = 3  # words: less is a typing error
MOST_CHANGED = 0.7  # of the passage: more is a passage of one's own
THUMBS = {
    Signal.Kind.UP.value: Example.Kind.UP,
    Signal.Kind.DOWN.value: Example.Kind.DOWN,
}
PREFERRED = {
    Signal.Kind.CHOICE.value: Example.Kind.CHOICE,
    Signal.Kind.RETRY.value: Example.Kind.CHOICE,
    Signal.Kind.BLIND.value: Example.Kind.BLIND,
}
CONTEXT = 1500  # characters of what stood before


@ledger.register
def stories(person) -> Iterator[ledger.Entry]:
    for story in Story.objects.owned_by(person).order_by("created_at"):
        yield from _told(Held(story))


class Held:
    """A story's passages and what was shown about each, read once."""

    def __init__(self, story: Story) -> None:
        self.story = story
        #: Passages that were not deleted and follow none that was.
        self.passages: dict[int, Passage] = {}
        self.families: dict[int | None, list[Passage]] = {}
        for passage in story.passages.kept().order_by("number"):
            if passage.parent_id is None or passage.parent_id in self.passages:
                self.passages[passage.pk] = passage
                self.families.setdefault(passage.parent_id, []).append(passage)
        self.signals: dict[int, list[Signal]] = {}
        rows = Signal.objects.filter(passage__story=story)
        for signal in rows.select_related("before", "over").order_by("pk"):
            self.signals.setdefault(signal.passage_id, []).append(signal)
        self.path = self._up(story.tip_id)

    def _up(self, pk: int | None) -> set[int]:
        line: set[int] = set()
        while pk in self.passages and pk not in line:
            line.add(pk)
            pk = self.passages[pk].parent_id
        return line

    def said(self, passage: Passage) -> list[Signal]:
        return self.signals.get(passage.pk, [])

    def trouble(self, passage: Passage) -> str:
        return feelings.trouble(self.said(passage))

    def is_kept(self, passage: Passage) -> bool:
        """The story goes on with it, or did when one last read there, unregretted."""
        parent = self.passages.get(passage.parent_id or 0)
        chosen = parent.chosen_id == passage.pk if parent else False
        down = any(s.kind == Signal.Kind.DOWN for s in self.said(passage))
        goes_on = passage.pk in self.path or chosen
        return goes_on and not down and not self.trouble(passage)

    def others(self, passage: Passage) -> list[Passage]:
        """What the model wrote in the same place, and may be learnt from."""
        family = self.families.get(passage.parent_id, [])
        return [p for p in family if p.pk != passage.pk and _is_the_models(p)]


def _is_the_models(passage: Passage) -> bool:
    written = passage.status in (Status.FINISHED, Status.STOPPED)
    return passage.author == Author.MODEL and written and _may_teach(passage)


def _is_their_own(passage: Passage) -> bool:
    wrote = passage.author == Author.PERSON and passage.mode == Mode.WRITE
    return wrote and _may_teach(passage)


def _may_teach(passage: Passage) -> bool:
    return not (passage.never_train or passage.care) and bool(passage.text.strip())


def _told(held: Held) -> Iterator[ledger.Entry]:
    for passage in held.passages.values():
        if _is_the_models(passage):
            yield from _of_the_model(held, passage)
        elif _is_their_own(passage):
            yield _entry(held, passage, Example.Kind.OWN)


def _of_the_model(held: Held, passage: Passage) -> Iterator[ledger.Entry]:
    mine = held.said(passage)
    before = next((s.before for s in mine if s.kind == Signal.Kind.EDIT), None)
    original = before.text if before else passage.text
    if passage.text != original:
        yield from _edited(held, passage, original)
    yield from _preferred(held, passage)
    yield from _rated(held, passage, original)


def _preferred(held: Held, passage: Passage) -> Iterator[ledger.Entry]:
    """To what: one for what was done with it, and all that felt wrong in its place."""
    over: dict[int, tuple[Passage, Example.Kind, str]] = {}
    for signal in held.said(passage):
        kind, other = PREFERRED.get(signal.kind), signal.over
        if kind is None or other is None or other.pk not in held.passages:
            continue
        if signal.kind != Signal.Kind.BLIND and not held.is_kept(passage):
            continue  # looked at or asked for, but not what one stayed with
        if other.text.strip() and not other.never_train:
            over[other.pk] = (other, kind, _why(held, passage, other))
            break  # one a passage: clicking to and fro is no new opinion
    if held.is_kept(passage):
        for other in held.others(passage):
            if other.pk not in over and held.trouble(other):
                why = _why(held, passage, other)
                over[other.pk] = (other, Example.Kind.CHOICE, why)
    for other, kind, why in over.values():
        key = f"choice {passage.pk} {other.pk}"
        yield _entry(held, passage, kind, over=other.text, key=key, reason=why)


def _why(held: Held, passage: Passage, other: Passage) -> str:
    """What was said of the feeling of the other, or asked of this one's."""
    if said := held.trouble(other):
        return said
    return feelings.came_closer(passage) if passage.replaces_id == other.pk else ""


def _rated(held: Held, passage: Passage, original: str) -> Iterator[ledger.Entry]:
    """By a thumb; or as what felt wrong, where nothing was kept instead."""
    thumbs = [s for s in held.said(passage) if s.kind in THUMBS]
    for signal in thumbs:
        reason = signal.reason
        if signal.kind == Signal.Kind.DOWN:
            reason = reason or held.trouble(passage)
        kind = THUMBS[signal.kind]
        yield _entry(held, passage, kind, text=original, reason=reason)
    said = "" if thumbs else held.trouble(passage)
    if said and not any(held.is_kept(other) for other in held.others(passage)):
        yield _entry(held, passage, Example.Kind.DOWN, text=original, reason=said)


def _edited(held: Held, passage: Passage, before: str) -> Iterator[ledger.Entry]:
    words, share = changed(before, passage.text)
    if words < FEWEST_CHANGED:
        return
    if share > MOST_CHANGED:
        yield _entry(held, passage, Example.Kind.OWN)
    else:
        said = held.trouble(passage)
        yield _entry(held, passage, Example.Kind.EDIT, over=before, reason=said)


def changed(before: str, after: str) -> tuple[int, float]:
    """How many words an edit touched, and what share of the passage."""
    old, new = (re.findall(r"\S+", text) for text in (before, after))
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    kept = sum(block.size for block in matcher.get_matching_blocks())
    longer = max(len(old), len(new))
    return longer - kept, (longer - kept) / max(1, longer)


def _entry(
    held: Held,
    passage: Passage,
    kind: Example.Kind,
    *,
    text: str = "",
    over: str = "",
    key: str = "",
    reason: str = "",
) -> ledger.Entry:
    parent = held.passages.get(passage.parent_id or 0)
    return ledger.Entry(
        document=f"story {held.story.pk}",
        document_kind=Document.Kind.STORY,
        title=held.story.title,
        key=key or f"{kind.value} {passage.pk}",
        kind=kind,
        text=(text or passage.text).strip(),
        over=over.strip(),
        at=passage.created_at,
        ask=ask_lines(
            part=part_of(0 if parent is None else 1, passage.direction),
            tone=passage.tone_asked,
            length=length_of(passage.text),
            direction=passage.direction,
        ),
        context=parent.text[-CONTEXT:].strip() if parent else "",
        reason=reason,
    )
