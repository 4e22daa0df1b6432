"""What the users room tells open pages. Nothing else here publishes."""

from hashlib import sha256

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer


def session_group(session_key: str) -> str:
    """The key itself opens an account: it must not travel as a group name."""
    return "session-" + sha256(session_key.encode()).hexdigest()[:32]


def session_ended(session_key: str) -> None:
    """Close the sockets of this browser session: its person is logged out."""
    send = async_to_sync(get_channel_layer().group_send)
    send(session_group(session_key), {"type": "session.ended"})
