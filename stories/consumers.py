"""A story open in a browser: parse, ask a service, pass events on."""

import json
import time
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils.translation import gettext as _

from stories.answers import answer, error, find_story, state_of
from stories.events import story_group
from stories.messages import TYPES, Malformed, parse
from stories.models import Story
from users.events import session_group

LOGGED_OUT, NO_STORY, TOO_BIG = 4401, 4404, 1009
MALFORMED, TOO_MANY = 4400, 4429
MALFORMED_IN_A_ROW = 3
BURST, PER_SECOND = 30, 10


def in_thread(function):
    """Database work on its own thread, so that one socket never waits for another."""
    return database_sync_to_async(function, thread_sensitive=False)


class StoryConsumer(AsyncWebsocketConsumer):
    find = staticmethod(find_story)
    types = TYPES
    story: Story | None = None

    async def connect(self):
        await self.accept()
        self.bucket = Bucket()
        self.malformed = 0
        self.sent: dict[int, int] = {}  # characters this browser has, by passage
        self.person = self.scope.get("user")
        if self.person is None or not self.person.is_authenticated:
            await self.refuse(LOGGED_OUT, "logged_out", _("Please log in."))
            return
        story_id = self.scope["url_route"]["kwargs"]["story"]
        self.story = await in_thread(self.find)(self.person, story_id)
        if self.story is None:
            sentence = _("There is no such story among yours.")
            await self.refuse(NO_STORY, "no_story", sentence)
            return
        self.groups_joined = [
            story_group(self.story.pk),
            session_group(self.scope["session"].session_key),
        ]
        for group in self.groups_joined:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.send_state()

    async def disconnect(self, code):
        for group in getattr(self, "groups_joined", []):
            await self.channel_layer.group_discard(group, self.channel_name)

    # --- from the browser ---------------------------------------------------------

    async def receive(self, text_data=None, bytes_data=None):
        if self.story is None:
            return  # refused already
        if not self.bucket.take():
            sentence = _("Too many messages at once. Please reload the page.")
            await self.refuse(TOO_MANY, "too_many", sentence)
            return
        if len(bytes_data or (text_data or "").encode()) > settings.FRAME_BYTES:
            sentence = _("That message is larger than 64 KB.")
            await self.refuse(TOO_BIG, "too_big", sentence)
            return
        try:
            message = parse(text_data if text_data is not None else "", self.types)
        except Malformed as wrong:
            await self.count_malformed(wrong)
            return
        self.malformed = 0
        session = self.scope["session"].session_key
        replies = await in_thread(answer)(
            self.find, session, self.story.pk, self.person, message
        )
        if replies is None:
            await self.session_ended({})
        elif message.type == "story.check":
            await self.send_state()
        for reply in replies or []:
            await self.send_json(reply)

    async def count_malformed(self, wrong: Malformed):
        self.malformed += 1
        if self.malformed < MALFORMED_IN_A_ROW:
            await self.send_error("malformed", str(wrong), wrong.key)
        else:
            await self.refuse(MALFORMED, "malformed", str(wrong))

    # --- to the browser -----------------------------------------------------------

    async def send_state(self):
        state = await in_thread(state_of)(self.find, self.person, self.story.pk)
        if state is None:
            sentence = _("This story was deleted.")
            await self.refuse(NO_STORY, "no_story", sentence)
            return
        self.sent = {p["passage"]: len(p["text"]) for p in state["under_way"]}
        await self.send_json(state)

    async def story_event(self, message):
        if self.story is None:
            return
        event = message["event"]
        if event["type"] == "passage.chunk":
            event = await self.unseen(event)
        elif event["type"] == "passage.finished":
            self.sent.pop(event["passage"], None)
        if event:
            await self.send_json(event)

    async def unseen(self, chunk: dict[str, Any]) -> dict[str, Any] | None:
        """The part of a chunk that this browser lacks.

        A chunk holds what is not saved yet, so if there is a gap before it (a chunk
        was lost, or came before this socket), the database fills it.
        """
        have = self.sent.get(chunk["passage"], 0)
        missing = have - chunk["offset"]
        if missing < 0:
            await self.send_state()
            if chunk["passage"] not in self.sent:  # it has ended: that is said next
                return None
            have = self.sent[chunk["passage"]]
            missing = have - chunk["offset"]
        text = chunk["text"][missing:]
        if not text:
            return None
        self.sent[chunk["passage"]] = have + len(text)
        return chunk | {"offset": have, "text": text}

    async def session_ended(self, message):
        self.story = None
        await self.send_json({"type": "session.ended"})
        await self.close(LOGGED_OUT)

    async def refuse(self, close_code: int, code: str, sentence: str):
        self.story = None
        await self.send_error(code, sentence)
        await self.close(close_code)

    async def send_error(self, code: str, sentence: str, key: UUID | None = None):
        await self.send_json(error(code, sentence, key))

    async def send_json(self, content: dict[str, Any]):
        await self.send(json.dumps(content))


class Bucket:
    """So many messages at once, and so many a second from then on."""

    def __init__(self):
        self.tokens = float(BURST)
        self.at = time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self.tokens = min(BURST, self.tokens + (now - self.at) * PER_SECOND)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True
