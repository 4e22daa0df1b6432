"""What open editors are told. Nothing else publishes to a story's group.

Events are a view of the database, sent after it was changed: losing one loses no
text, and never stops the work that caused it.
"""

import logging
from dataclasses import asdict, dataclass
from uuid import UUID

from users.sending import group_send

logger = logging.getLogger(__name__)


def story_group(story_id: UUID) -> str:
    return f"story-{story_id.hex}"


@dataclass(frozen=True, slots=True)
class PassageStarted:
    passage: int
    parent: int | None
    version: int
    type: str = "passage.started"


@dataclass(frozen=True, slots=True)
class PassageChunk:
    """All text that is not saved yet; `offset` characters of it were saved before.

    So whoever reads the database after missing a chunk has no gap, and whoever
    missed none skips what it has already.
    """

    passage: int
    offset: int
    text: str
    type: str = "passage.chunk"


@dataclass(frozen=True, slots=True)
class PassageFinished:
    passage: int
    status: str
    text: str
    version: int
    error: str = ""
    type: str = "passage.finished"


@dataclass(frozen=True, slots=True)
class StoryChanged:
    version: int
    type: str = "story.changed"


Event = PassageStarted | PassageChunk | PassageFinished | StoryChanged


def publish(story_id: UUID, event: Event) -> None:
    """Send to everyone who has the story open; from any thread but an event loop's."""
    message = {"type": "story.event", "event": asdict(event)}
    try:
        group_send(story_group(story_id), message)
    except Exception as error:  # a broken channel layer must not break the writing
        logger.warning("no event for story %s: %s", story_id, type(error).__name__)
