"""The embedded channel layer: one process, but any thread may publish."""

import asyncio

from channels.layers import InMemoryChannelLayer


class InProcessChannelLayer(InMemoryChannelLayer):
    """The stock in-memory layer never wakes a consumer when another thread sends.

    Its queues belong to the server's event loop, so a send from anywhere else is
    handed over to that loop.
    """

    home: asyncio.AbstractEventLoop | None = None

    async def receive(self, channel):
        self.home = asyncio.get_running_loop()
        return await super().receive(channel)

    async def group_send(self, group, message):
        home = self.home
        if home is None or home.is_closed() or home is asyncio.get_running_loop():
            return await super().group_send(group, message)
        sent = asyncio.run_coroutine_threadsafe(
            super().group_send(group, message), home
        )
        return await asyncio.wrap_future(sent)
