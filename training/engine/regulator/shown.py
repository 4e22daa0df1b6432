"""Hand a chosen block out word by word while the next one is drawn."""

import time


class Shown:
    """Text that was chosen, and how much of it was handed out."""

    def __init__(self) -> None:
        self._pending = ""
        self._began = self._lasts = 0.0
        self._given = 0

    def put(self, text: str, lasts: float) -> str:
        """A new block, to last for so many seconds; returns what is overdue."""
        overdue = self.rest()
        self._pending, self._lasts = text, lasts
        self._began, self._given = time.monotonic(), 0
        return overdue

    def due(self) -> str:
        """What may be shown by now; whole words only."""
        if self._given >= len(self._pending):
            return ""
        passed = time.monotonic() - self._began
        share = min(1.0, passed / self._lasts) if self._lasts else 1.0
        until = int(len(self._pending) * share)
        until = until if share == 1.0 else self._pending.rfind(" ", 0, until) + 1
        text = self._pending[self._given : until]
        self._given = max(self._given, until)
        return text

    def rest(self) -> str:
        text, self._given = self._pending[self._given :], len(self._pending)
        return text
