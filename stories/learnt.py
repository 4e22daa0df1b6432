"""What a person's stories may teach a model, told to the ledger as plain values.

The person's own words, what they changed, chose, retried and rated. A passage that a
model wrote is never told as if the person had written it, and nothing is told of words
beside which help was shown.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

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
        yield from _told(story)


def _told(story: Story) -> Iterator[ledger.Entry]:
    passages = _reachable(story)
    signals = _signals(story)
    for passage in passages.values():
        if passage.never_train or passage.care or not passage.text.strip():
            continue
        if passage.author == Author.PERSON:
            if passage.mode == Mode.WRITE:
                yield _entry(story, passages, passage, Example.Kind.OWN)
        elif passage.status in (Status.FINISHED, Status.STOPPED):
            yield from _of_the_model(story, passages, passage, signals)


def _reachable(story: Story) -> dict[int, Passage]:
    """Passages that were not deleted and follow none that was."""
    found: dict[int, Passage] = {}
    for passage in story.passages.kept().order_by("number"):
        if passage.parent_id is None or passage.parent_id in found:
            found[passage.pk] = passage
    return found


def _signals(story: Story) -> dict[int, list[Signal]]:
    by_passage: dict[int, list[Signal]] = {}
    rows = Signal.objects.filter(passage__story=story).select_related("before", "over")
    for signal in rows.order_by("pk"):
        by_passage.setdefault(signal.passage_id, []).append(signal)
    return by_passage


def _of_the_model(
    story: Story,
    passages: dict[int, Passage],
    passage: Passage,
    signals: dict[int, list[Signal]],
) -> Iterator[ledger.Entry]:
    mine = signals.get(passage.pk, [])
    before = next((s.before for s in mine if s.kind == Signal.Kind.EDIT), None)
    original = before.text if before else passage.text
    if passage.text != original:
        yield from _edited(story, passages, passage, original)
    for signal in mine:
        over, kind = signal.over, PREFERRED.get(signal.kind)
        if kind and over and over.text.strip() and not over.never_train:
            key = f"choice {passage.pk} {over.pk}"
            yield _entry(story, passages, passage, kind, over=over.text, key=key)
            break  # one a passage: clicking to and fro is no new opinion
    for signal in mine:
        if thumb := THUMBS.get(signal.kind):
            reason = signal.reason
            yield _entry(story, passages, passage, thumb, text=original, reason=reason)


def _edited(
    story: Story, passages: dict[int, Passage], passage: Passage, before: str
) -> Iterator[ledger.Entry]:
    words, share = changed(before, passage.text)
    if words < FEWEST_CHANGED:
        return
    if share > MOST_CHANGED:
        yield _entry(story, passages, passage, Example.Kind.OWN)
    else:
        yield _entry(story, passages, passage, Example.Kind.EDIT, over=before)


def changed(before: str, after: str) -> tuple[int, float]:
    """How many words an edit touched, and what share of the passage."""
    old, new = (re.findall(r"\S+", text) for text in (before, after))
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    kept = sum(block.size for block in matcher.get_matching_blocks())
    longer = max(len(old), len(new))
    return longer - kept, (longer - kept) / max(1, longer)


def _entry(
    story: Story,
    passages: dict[int, Passage],
    passage: Passage,
    kind: Example.Kind,
    *,
    text: str = "",
    over: str = "",
    key: str = "",
    reason: str = "",
) -> ledger.Entry:
    parent = passages.get(passage.parent_id) if passage.parent_id else None
    return ledger.Entry(
        document=f"story {story.pk}",
        document_kind=Document.Kind.STORY,
        title=story.title,
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
