"""What every test may ask for: the cast, and a real browser's socket.

wren writes, robin reads and teaches, crow may not.
"""

import json
import time

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from xdist.scheduler import LoadScopeScheduling

from stories.consumers import in_thread
from storyloom.celery import stop_pools
from tests.factories import PersonFactory, StoryFactory
from training import services as training
from users.models import Role

LONGEST_FIRST = ("postgresql", "served", "e2e")


def room_of(nodeid: str) -> str:
    """What tests share a process: those of a file, or of one set of real services."""
    file = nodeid.split("::", 1)[0]
    if file.endswith("test_postgresql.py"):
        return "postgresql"  # half of the time of all that is served
    room = file.split("/")[1]
    return room if room in LONGEST_FIRST else file


def pytest_collection_modifyitems(items):
    """The longest rooms first, or one process would wait for the other at the end."""
    rank = {room: at for at, room in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(room_of(item.nodeid), len(rank)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Which tests stay in one process when two share the work (`make test`)."""
    return ByRoom(config, log)


class ByRoom(LoadScopeScheduling):
    """A file's fixtures are made once; the browser and the real services are one each.

    (Marks for `--dist loadgroup` go unread: xdist 3.8 writes them where pytest 9.2 does
    not look.)
    """

    def _split_scope(self, nodeid: str) -> str:
        return room_of(nodeid)


@pytest.fixture(autouse=True)
def a_clean_house():
    """No cached key and no engine outlives its test, nor does a writing thread."""
    yield
    training.close_engine()
    stop_pools(wait=True)
    cache.clear()


@pytest.fixture
def wren(db):
    return PersonFactory(first_name="Wren", email="wren@example.org")


@pytest.fixture
def robin(db):
    return PersonFactory(
        first_name="Robin", email="robin@example.org", role=Role.TEACHER
    )


@pytest.fixture
def crow(db):
    return PersonFactory(first_name="Crow", email="crow@example.org")


@pytest.fixture
def story(wren):
    return StoryFactory(owner=wren, title="The river")


class Editor(ApplicationCommunicator):
    """A browser with a story open: the whole application, a real session cookie."""

    def __init__(self, story, person=None, origin="http://localhost", socket="stories"):
        from storyloom.asgi import application

        headers = [(b"host", b"localhost"), (b"origin", origin.encode())]
        self.client = Client()
        if person:
            is_pupil = person.role == Role.PUPIL
            backend = "users.classrooms.backend.PupilBackend" if is_pupil else None
            self.client.force_login(person, backend=backend)
            cookie = self.client.cookies[settings.SESSION_COOKIE_NAME].value
            cookie = f"{settings.SESSION_COOKIE_NAME}={cookie}"
            headers.append((b"cookie", cookie.encode()))
        scope = {
            "type": "websocket",
            "path": f"/ws/{socket}/{getattr(story, 'pk', story)}/",
            "query_string": b"",
            "headers": headers,
            "subprotocols": [],
        }
        super().__init__(application, scope)
        self.heard: list[dict] = []
        self.keys = 0

    async def connect(self) -> bool:
        await self.send_input({"type": "websocket.connect"})
        return (await self.receive_output(5))["type"] == "websocket.accept"

    async def disconnect(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(5)

    async def send_text(self, text):
        await self.send_input({"type": "websocket.receive", "text": text})

    async def say(self, type, key=None, **fields):
        """Send a message with a fresh key, and return the key."""
        self.keys += 1
        key = key or f"00000000-0000-4000-8000-{id(self) % 10**6:06}{self.keys:06}"
        await self.send_text(json.dumps({"type": type, "key": key, **fields}))
        return key

    async def hear(self, timeout=5):
        output = await self.receive_output(timeout)
        assert output["type"] == "websocket.send", output
        message = json.loads(output["text"])
        self.heard.append(message)
        return message

    async def until(self, type, timeout=10, **fields):
        """Listen until a message of this type, with these fields, is heard."""
        end = time.monotonic() + timeout
        while True:
            message = await self.hear(max(0.01, end - time.monotonic()))
            if message["type"] == type and fields.items() <= message.items():
                return message

    async def ask(self, type, **fields):
        """Say something and return the answer to it: ack or error."""
        key = await self.say(type, **fields)
        while True:
            message = await self.hear()
            if message.get("key") == key:
                return message

    async def close_code(self, timeout=5):
        while True:
            output = await self.receive_output(timeout)
            if output["type"] == "websocket.close":
                return output["code"]
            self.heard.append(json.loads(output["text"]))


@pytest.fixture
async def editor():
    """`await editor(story, person)`: opened, and the story's state already heard."""
    opened = []

    async def open_editor(story, person=None, **options):
        new = await in_thread(Editor)(story, person, **options)
        opened.append(new)
        assert await new.connect()
        new.state = await new.hear()
        return new

    yield open_editor
    for each in opened:
        await each.disconnect()
