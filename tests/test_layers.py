"""The embedded channel layer: what a thread sends reaches who listens."""

import asyncio
import threading

from asgiref.sync import async_to_sync

from storyloom.layers import InProcessChannelLayer


async def test_a_thread_reaches_a_waiting_consumer():
    layer = InProcessChannelLayer(capacity=100)
    channel = await layer.new_channel()
    await layer.group_add("story", channel)
    waiting = asyncio.create_task(layer.receive(channel))
    await asyncio.sleep(0)

    send = async_to_sync(layer.group_send)
    threading.Thread(target=send, args=("story", {"type": "chunk"})).start()

    assert await asyncio.wait_for(waiting, 1) == {"type": "chunk"}


async def test_a_burst_from_a_thread_arrives_whole_and_in_order():
    layer = InProcessChannelLayer(capacity=2000)
    channel = await layer.new_channel()
    await layer.group_add("story", channel)

    def burst():
        for number in range(500):
            async_to_sync(layer.group_send)("story", {"type": "chunk", "n": number})

    await asyncio.to_thread(burst)
    got = [(await asyncio.wait_for(layer.receive(channel), 1))["n"] for _ in range(500)]
    assert got == list(range(500))


def test_sending_while_nobody_listens_is_no_error():
    layer = InProcessChannelLayer()
    async_to_sync(layer.group_send)("story", {"type": "chunk"})


def test_sending_after_the_server_ended_is_no_error():
    layer = InProcessChannelLayer()
    asyncio.run(layer.new_channel())
    async_to_sync(layer.group_send)("story", {"type": "chunk"})
