"""Help for someone who writes that they are in danger: shown, never forced.

Nothing is blocked, deleted, reported or logged. No model takes part.
"""

from users.safety.help import Line, lines
from users.safety.screen import may_need_help

__all__ = ["Line", "lines", "may_need_help"]
