"""The embedded channel layer: one process, but any thread may publish."""

import asyncio
from typing import Any

from channels.layers import InMemoryChannelLayer


class InProcessChannelLayer(InMemoryChannelLayer):
    """The stock in-memory layer never wakes a consumer when another thread sends.

    Its queues belong to the server's event loop, so a send from anywhere else is
    handed over to that loop.
    """

    home: asyncio.AbstractEventLoop | None = None

    async def new_channel(self, prefix: str = "specific.") -> str:
        """Every consumer begins here, so here its loop is known."""
        loop = asyncio.get_running_loop()
        if self.home is not loop:  # the first one, or another test
            self.channels.clear()
            self.groups.clear()
            self.home = loop
        return await super().new_channel(prefix)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        home = self.home
        if home is None or home.is_closed():
            return  # nobody listens
        if home is asyncio.get_running_loop():
            await super().group_send(group, message)
        else:  # not awaited: a loop that is closing must not hold the thread
            home.call_soon_threadsafe(self.send_at_home, group, message)

    def send_at_home(self, group: str, message: dict[str, Any]) -> None:
        asyncio.ensure_future(super().group_send(group, message))
