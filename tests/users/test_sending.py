"""What a thread publishes reaches open pages, in order, on one loop."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from channels.layers import get_channel_layer

from users import sending
from users.sending import group_send


async def test_what_a_thread_sends_arrives_whole_and_in_order():
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add("story", channel)

    def burst():
        for number in range(200):
            group_send("story", {"type": "chunk", "n": number})

    await asyncio.to_thread(burst)
    got = [(await asyncio.wait_for(layer.receive(channel), 1))["n"] for _ in range(200)]
    assert got == list(range(200))


def test_all_threads_share_one_loop():
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: group_send("story", {"type": "chunk"}), range(40)))
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("sending") == 1


def test_a_layer_that_is_down_says_so_to_its_caller(monkeypatch):
    class Down:
        async def group_send(self, group, message):
            raise ConnectionError("no Redis")

    monkeypatch.setattr(sending, "get_channel_layer", Down)
    with pytest.raises(ConnectionError):
        group_send("story", {"type": "chunk"})
