"""Many browsers with stories open, some streaming: does every character arrive?"""

import asyncio
import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from stories.bench.browser import Browser
from stories.bench.processes import TooLate
from stories.bench.product import Product

PATIENCE = 120  # seconds for all to be written
ASK = "[[slow]] [[emoji]] Go on."  # the echo model's stage directions


@dataclass
class Watcher:
    """One open tab, and what it would show."""

    socket: ClientConnection
    streamed: str = ""
    shown: str | None = None
    gaps: int = 0
    pieces: int = 0
    first_at: float = 0.0
    waited: float = field(default=0.0)

    async def watch(self) -> None:
        async for frame in self.socket:
            event = json.loads(frame)
            if event["type"] == "passage.chunk":
                self.first_at = self.first_at or time.perf_counter()
                self.pieces += 1
                self.gaps += event["offset"] > len(self.streamed)
                self.streamed = self.streamed[: event["offset"]] + event["text"]
            elif event["type"] == "passage.finished":
                self.shown = event["text"]
                return

    def lost(self, written: str) -> int:
        """Characters of the database's text that this tab does not show in place."""
        shown = self.shown or ""
        right = sum(a == b for a, b in zip(written, shown, strict=False))
        return max(len(written), len(shown)) - right


def measure(product: Product, *, sockets: int, streaming: int) -> dict[str, float]:
    people = []
    for number in range(streaming):
        person = Browser(product.address)
        person.sign_up(f"person{number}@example.org")
        people.append((person, person.start_story()))
    before = memory(product.web.pid)
    tabs = asyncio.run(watch_all(product, people, sockets))
    lost = characters = 0
    for index, (person, story) in enumerate(people):
        written = json.loads(person.get(f"/stories/{story}/export.json"))
        text = next(p["text"] for p in written["passages"] if p["author"] == "model")
        for tab in tabs.watchers[index::streaming]:
            characters += len(text)
            lost += tab.lost(text)
    firsts = sorted(tab.first_at - tabs.began for tab in tabs.watchers)
    return {
        "sockets": sockets,
        "streaming": streaming,
        "characters": characters,
        "characters_lost": lost,
        "gaps_in_streams": sum(tab.gaps for tab in tabs.watchers),
        "pieces": sum(tab.pieces for tab in tabs.watchers),
        "first_piece_median_s": firsts[len(firsts) // 2],
        "first_piece_p95_s": firsts[int(0.95 * (len(firsts) - 1))],
        "kib_per_idle_socket": (tabs.memory_idle - before) / sockets,
        "kib_per_socket_at_peak": (memory(product.web.pid, "VmHWM") - before) / sockets,
    }


@dataclass
class Tabs:
    watchers: list[Watcher]
    began: float
    memory_idle: int


async def watch_all(
    product: Product, people: Sequence[tuple[Browser, str]], sockets: int
) -> Tabs:
    watchers = []
    for number in range(sockets):
        person, story = people[number % len(people)]
        socket = await connect(
            person.socket_address(story),
            origin=Origin(person.address),
            additional_headers=person.session(),
            proxy=None,
            compression=None,
            max_queue=None,
        )
        await socket.recv()  # the story's state
        watchers.append(Watcher(socket))
    await asyncio.sleep(1)
    idle = memory(product.web.pid)
    watching = [asyncio.create_task(watcher.watch()) for watcher in watchers]
    began = time.perf_counter()
    ask = {"type": "passage.request", "mode": "direct", "text": ASK}
    for watcher in watchers[: len(people)]:
        await watcher.socket.send(json.dumps(ask | {"key": str(uuid.uuid4())}))
    try:
        await asyncio.wait_for(asyncio.gather(*watching), PATIENCE)
    except TimeoutError:
        missing = sum(watcher.shown is None for watcher in watchers)
        raise TooLate(f"{missing} tabs never heard the end") from None
    finally:
        await asyncio.gather(*(watcher.socket.close() for watcher in watchers))
    return Tabs(watchers, began, idle)


def memory(pid: int, line: str = "VmRSS") -> int:
    """KiB that a process holds, or (VmHWM) held at most."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition(f"{line}:")[2].split()[0])
