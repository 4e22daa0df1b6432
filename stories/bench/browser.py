"""A person at a keyboard, without the screen: real pages, real sockets."""

import json
import re
import time
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

from websockets.sync.client import connect
from websockets.typing import Origin

from stories.bench.processes import TooLate

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
STORY = re.compile(r"/stories/([0-9a-f-]{36})/")


class Browser:
    def __init__(self, address: str):
        self.address = address
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies), ProxyHandler({}))

    def get(self, path: str) -> str:
        with self.opener.open(self.address + path, timeout=20) as answer:
            self.at = answer.url
            return answer.read().decode()

    def post(self, path: str, **fields: str) -> str:
        """Fill in the form that stands at `path`, or at the library, and send it."""
        page = self.get(path if fields.pop("form", path) else "/stories/")
        token = CSRF.search(page)
        if not token:
            raise TooLate(f"no form at {path}")
        sent = urlencode({**fields, "csrfmiddlewaretoken": token[1]}).encode()
        with self.opener.open(self.address + path, sent, timeout=20) as answer:
            self.at = answer.url
            return answer.read().decode()

    def sign_up(self, email: str) -> None:
        password = "a lamp and 7 old stars"
        self.post(
            "/accounts/signup/", email=email, password1=password, password2=password
        )
        if not self.cookie("sessionid"):
            raise TooLate("signing up did not log in")

    def cookie(self, name: str) -> str:
        return next((c.value or "" for c in self.cookies if c.name == name), "")

    def start_story(self, title: str = "The lighthouse") -> str:
        """The new story's id."""
        self.post("/stories/new", form="", title=title)
        found = STORY.search(self.at)
        if not found:
            raise TooLate(f"no story at {self.at}")
        return found[1]

    def socket_address(self, story: str) -> str:
        return f"{self.address.replace('http', 'ws', 1)}/ws/stories/{story}/"

    def session(self) -> dict[str, str]:
        return {"Cookie": f"sessionid={self.cookie('sessionid')}"}

    @contextmanager
    def tab(self, story: str, path: str = ""):
        """The story's socket; the state it greets with has been read."""
        address = self.address.replace("http", "ws", 1)
        socket = connect(
            f"{address}{path}" if path else self.socket_address(story),
            origin=Origin(self.address),
            additional_headers=self.session(),
            proxy=None,
            compression=None,
            close_timeout=2,
            max_queue=None,  # what is not read yet must not hold up the rest
        )
        with socket:
            tab = Tab(socket)
            tab.state = tab.until("story.state")
            yield tab


class Tab:
    def __init__(self, socket):
        self.socket = socket
        self.events: list[dict] = []
        self.state: dict = {}

    def send(self, type: str, **fields) -> str:
        key = str(uuid.uuid4())
        self.socket.send(json.dumps({"type": type, "key": key, **fields}))
        return key

    def next(self, patience: float = 20) -> dict:
        event = json.loads(self.socket.recv(timeout=patience))
        self.events.append(event)
        return event

    def until(
        self, type: str, when: Callable[[dict], object] = bool, patience: float = 20
    ) -> dict:
        """The next event of a type; those before it are kept in `events`."""
        end = time.monotonic() + patience
        while (left := end - time.monotonic()) > 0:
            event = self.next(left)
            if event["type"] == type and when(event):
                return event
        raise TooLate(f"no {type} within {patience} s, but {self.events}")

    def ask(self, text: str, mode: str = "direct") -> int:
        """Request a passage; its id."""
        key = self.send("passage.request", mode=mode, text=text)
        return self.until("ack", lambda event: event["key"] == key)["passage"]

    def finished(self, passage: int, patience: float = 20) -> dict:
        return self.until(
            "passage.finished", lambda event: event["passage"] == passage, patience
        )

    def streamed(self, passage: int) -> str:
        """The text that the chunks so far add up to."""
        text = ""
        for event in self.events:
            if event["type"] == "passage.chunk" and event["passage"] == passage:
                text = text[: event["offset"]] + event["text"]
        return text
