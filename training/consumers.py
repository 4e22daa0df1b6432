"""A page that watches a run: it only listens. What is asked for comes by forms."""

import json

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from training.events import voice_group
from users.events import session_group

LOGGED_OUT, TOO_BIG, MALFORMED = 4401, 1009, 4400


class VoiceConsumer(AsyncWebsocketConsumer):
    groups_joined: tuple[str, ...] = ()

    async def connect(self):
        await self.accept()
        person = self.scope.get("user")
        if person is None or not person.is_authenticated:
            await self.close(LOGGED_OUT)
            return
        self.groups_joined = (
            voice_group(person.pk),
            session_group(self.scope["session"].session_key),
        )
        for group in self.groups_joined:
            await self.channel_layer.group_add(group, self.channel_name)

    async def disconnect(self, code):
        for group in self.groups_joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None):
        size = len(bytes_data or (text_data or "").encode())
        await self.close(TOO_BIG if size > settings.FRAME_BYTES else MALFORMED)

    async def voice_event(self, message):
        await self.send(json.dumps(message["event"]))

    async def session_ended(self, message):
        await self.close(LOGGED_OUT)
