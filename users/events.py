"""What the users room tells open pages. Nothing else here publishes."""

import logging
from hashlib import sha256

from users.sending import group_send

log = logging.getLogger(__name__)


def session_group(session_key: str) -> str:
    """The key itself opens an account: it must not travel as a group name."""
    return "session-" + sha256(session_key.encode()).hexdigest()[:32]


def session_ended(session_key: str) -> None:
    """Close the sockets of this browser session: its person is logged out."""
    try:
        group_send(session_group(session_key), {"type": "session.ended"})
    except Exception:  # a layer that is down must not keep anyone from logging out
        log.exception("could not tell a session's pages that it ended")
