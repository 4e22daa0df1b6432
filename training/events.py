"""What open pages are told about learning. Nothing else here publishes."""

import logging
from dataclasses import asdict, dataclass
from typing import Any

from users.sending import group_send

logger = logging.getLogger(__name__)


def voice_group(person_id: int) -> str:
    return f"voice-{person_id}"


@dataclass(frozen=True, slots=True)
class RunProgress:
    """Where a run stands. `progress` is the engine's own, as numbers."""

    run: str
    status: str
    progress: dict[str, Any]
    error: str = ""
    type: str = "run.progress"


def publish(person_id: int, event: RunProgress) -> None:
    """To everyone who looks at this person's voice; from any thread but a loop's."""
    message = {"type": "voice.event", "event": asdict(event)}
    try:
        group_send(voice_group(person_id), message)
    except Exception as error:  # a broken channel layer must not break the learning
        logger.warning("no event for a run: %s", type(error).__name__)
