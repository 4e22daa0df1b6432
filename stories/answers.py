"""What an open editor is answered: blocking work, on a database thread."""

import logging
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.utils.translation import gettext as _

from stories import services
from stories.messages import Message
from stories.models import Passage, Story
from users.sessions import is_open

KEYS_REMEMBERED = 3600  # seconds
DOING = 30  # ... that one request may take at most

logger = logging.getLogger(__name__)


#: Which story a person may open here: fetching is authorising, for every message.
Find = Callable[[Any, UUID], Story | None]


def find_story(person, story_id) -> Story | None:
    return Story.objects.owned_by(person).filter(pk=story_id).first()


def state_of(find: Find, person, story_id) -> dict[str, Any] | None:
    """All a page needs to catch up."""
    story = find(person, story_id)
    if story is None:
        return None
    under_way = services.recover(story=story)
    history = services.history(story=story)
    return {
        "type": "story.state",
        "version": story.version,
        "tip": story.tip_id,
        "can_undo": history.can_undo,
        "can_redo": history.can_redo,
        "undo_label": history.undo_label,
        "redo_label": history.redo_label,
        "under_way": [
            {"passage": p.pk, "status": p.status, "text": p.text} for p in under_way
        ],
    }


def answer(
    find: Find, session_key, story_id, person, message: Message
) -> list[dict[str, Any]] | None:
    """What to reply; None if the session that this socket came with is over."""
    if not is_open(session_key):
        return None
    if message.type == "story.check":
        return []
    return act(find, story_id, person, message)


def act(find: Find, story_id, person, message: Message) -> list[dict[str, Any]]:
    """Do what is asked, once for every key, and say so.

    Two tabs send what is unsent again, maybe at once: the second waits for the answer.
    """
    if message.key is None:
        return attempt(find, story_id, person, message)
    place = f"said-{person.pk}-{message.key}"
    until = time.monotonic() + DOING
    while not cache.add(place, [], DOING):
        if reply := cache.get(place):
            return reply
        if time.monotonic() > until:
            return []
        time.sleep(0.05)
    replies = attempt(find, story_id, person, message)
    if replies[0]["type"] == "ack":
        cache.set(place, replies, KEYS_REMEMBERED)
    else:
        cache.delete(place)
    return replies


def attempt(find: Find, story_id, person, message: Message) -> list[dict[str, Any]]:
    try:
        story = find(person, story_id)
        if story is None:
            raise services.Refused("gone", _("This story was deleted."))
        passages = do(story, message)
    except services.Refused as refused:
        return [error(refused.code, refused.sentence, message.key, refused.text)]
    except Exception:  # else the page would come back with the same for ever
        logger.exception("%s failed", message.type)
        sentence = _("Something went wrong here. Please try again.")
        return [error("failed", sentence, message.key)]
    ack = {"type": "ack", "key": message.key and str(message.key)}
    reply: list[dict[str, Any]] = [ack]
    if passages:
        reply[0]["passage"] = passages[0].pk
        reply[0]["passages"] = [passage.pk for passage in passages]
    return reply + [{"type": "care", "passage": p.pk} for p in passages if p.care]


def error(
    code: str, sentence: str, key: UUID | None, text: str | None = None
) -> dict[str, Any]:
    reply = {"type": "error", "code": code, "message": sentence}
    if key:
        reply["key"] = str(key)
    if text is not None:
        reply["text"] = text
    return reply


def do(story: Story, message: Message) -> list[Passage]:
    """Ask the service that the message names; returns the passages it brought."""
    fields = dict(message.fields)
    for name in ("passage", "parent"):
        if name in fields:
            fields[name] = find_passage(story, fields[name])
    match message.type:
        case "passage.request":
            key = message.key
            return [services.request_passage(story=story, key=key, **fields)]
        case "passage.stop":
            services.stop_passage(**fields)
        case "passage.retry":
            return [services.retry_passage(key=message.key, **fields)]
        case "passage.alternatives":
            return services.more_alternatives(key=message.key, **fields)
        case "passage.turn":
            return services.ask_for_turn(story=story, key=message.key, **fields)
        case "passage.edit":
            return [services.edit_passage(**fields)]
        case "passage.delete":
            services.delete_passage(**fields)
        case "passage.choose":
            services.choose_passage(**fields)
        case "passage.feedback":
            services.give_feedback(**fields)
        case "passage.feels":
            services.say_how_it_feels(**fields)
        case "story.undo":
            services.undo(story=story)
        case "story.redo":
            services.redo(story=story)
        case "story.set":
            values = {fields["field"]: fields["value"]}
            services.change_settings(story=story, values=values)
    return []


def find_passage(story: Story, passage_id: int) -> Passage:
    passage = story.passages.select_related("story").filter(pk=passage_id).first()
    if passage is None:
        sentence = _("There is no such passage in this story.")
        raise services.Refused("gone", sentence)
    return passage
