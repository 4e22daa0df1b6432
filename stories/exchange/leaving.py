"""Stories out: JSON keeps everything; text and Markdown are for reading.

A file numbers the passages by itself: no id of this database leaves it. What the
model saw stays here too, since it quotes experiences that are not in the story.
"""

from typing import Any

from stories import prompts, tree
from stories.exchange.shape import FORMAT, VERSION
from stories.models import Passage, Status, Story


def export_story(*, story: Story) -> dict[str, Any]:
    """Everything of a story: branches, revisions, signals, what was deleted too."""
    passages = list(
        story.passages.order_by("number").prefetch_related("revisions", "signals")
    )
    numbers = {passage.pk: passage.number for passage in passages}
    return {
        "format": FORMAT,
        "version": VERSION,
        "story": {
            "title": story.title,
            "form": story.form,
            "teller": story.teller,
            "level": story.level,
            "tone": story.tone,
            "strength": story.strength,
            "genre": story.genre,
            "genre_strength": story.genre_strength,
            "arc": story.arc,
            "note": story.note,
            "length": story.length,
            "creativity": story.creativity,
            "show_authors": story.show_authors,
            "created_at": story.created_at.isoformat(),
            "tip": numbers.get(story.tip_id),
        },
        "passages": [_passage_out(passage, numbers) for passage in passages],
    }


def _passage_out(passage: Passage, numbers: dict[int, int]) -> dict[str, Any]:
    revisions = list(passage.revisions.all())
    at = {revision.pk: revision.number for revision in revisions}
    under_way = passage.status in (Status.QUEUED, Status.WRITING)
    return {
        "number": passage.number,
        "parent": numbers.get(passage.parent_id),
        "chosen": numbers.get(passage.chosen_id),
        "replaces": numbers.get(passage.replaces_id),
        "author": passage.author,
        "mode": passage.mode,
        "direction": passage.direction,
        "text": passage.text,
        "revision": at.get(passage.revision_id),
        "status": Status.INTERRUPTED.value if under_way else passage.status,
        "tone_asked": passage.tone_asked,
        "model": passage.model,
        "seed": passage.seed,
        "tokens": passage.tokens,
        "error": passage.error,
        "adapter": passage.adapter,
        "genre": passage.genre,
        "sampling": passage.sampling,
        "tone_measured": passage.tone_measured,
        "tone_target": passage.tone_target,
        "tone_outcome": passage.tone_outcome,
        "turn": passage.turn,
        "care": passage.care,
        "never_train": passage.never_train,
        "created_at": passage.created_at.isoformat(),
        "deleted_at": passage.deleted_at and passage.deleted_at.isoformat(),
        "revisions": [
            {
                "number": revision.number,
                "author": revision.author,
                "text": revision.text,
                "created_at": revision.created_at.isoformat(),
            }
            for revision in revisions
        ],
        "signals": [
            {
                "kind": signal.kind,
                "over": numbers.get(signal.over_id),
                "before": at.get(signal.before_id),
                "after": at.get(signal.after_id),
                "reason": signal.reason,
                "created_at": signal.created_at.isoformat(),
            }
            for signal in sorted(passage.signals.all(), key=lambda s: s.pk)
        ],
    }


def as_text(*, story: Story) -> str:
    """The chosen path, to be read."""
    paragraphs = _paragraphs(story)
    if story.title:
        paragraphs.insert(0, story.title)
    return "\n\n".join(paragraphs) + "\n"


def as_markdown(*, story: Story) -> str:
    paragraphs = [_plain_markdown(text) for text in _paragraphs(story)]
    if story.title:
        paragraphs.insert(0, f"# {_plain_markdown(story.title)}")
    return "\n\n".join(paragraphs) + "\n"


def _paragraphs(story: Story) -> list[str]:
    """The passages' texts; half a sentence and what continued it are one."""
    texts: list[str] = []
    open_end = False
    for passage in tree.whole_path(story=story):
        told = prompts.Told(passage.text, passage.author)
        if not told.text.strip():
            continue
        if open_end:
            texts[-1] = prompts.join(texts[-1], told)
        else:
            texts.append(told.text.lstrip())
        open_end = prompts.is_half(told, story.form)
    return [text.rstrip() for text in texts]


def _plain_markdown(text: str) -> str:
    """Text that happens to look like Markdown or HTML is still only text."""
    for mark in "\\`*_[]<>#&":
        text = text.replace(mark, "\\" + mark)
    return text
