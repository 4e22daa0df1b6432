"""Sending to open pages from threads: one event loop for all of them.

`async_to_sync` makes a loop for every call, and with it a new connection to Redis:
seven times the work of the message itself, while the engine waits for the processor.
"""

import asyncio
import threading
from functools import cache
from typing import Any

from channels.layers import get_channel_layer

PATIENCE = 15  # seconds; a layer that is down must not hold a writer for ever


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="sending", daemon=True).start()
    return loop


def group_send(group: str, message: dict[str, Any]) -> None:
    """Returns when it was handed over, so that messages keep their order.

    From any thread but an event loop's. Raises whatever the channel layer does.
    """
    sending = get_channel_layer().group_send(group, message)
    asyncio.run_coroutine_threadsafe(sending, _loop()).result(PATIENCE)
