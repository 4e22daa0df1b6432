"""How much of the waiting prompts to read in one step."""

from collections.abc import Iterable, Sequence

from training.engine.local.batch import Request, Segment

#: Nobody who is being written for should wait longer for the next token, in seconds.
STALL = 0.4
#: Tokens read at a time when nobody waits for a next token.
ALONE = 1024
#: Fewer tokens than this are read no faster than this many.
LEAST = 32


class Pace:
    """Learns how fast the model reads, to keep running streams running."""

    def __init__(self) -> None:
        self._seconds_per_token: float | None = None

    def budget(self, requests: Iterable[Request]) -> int:
        """Prompt tokens the next step may read."""
        if not any(request.tokens for request in requests):
            return ALONE
        if self._seconds_per_token is None:
            return LEAST
        return max(LEAST, min(ALONE, int(STALL / self._seconds_per_token)))

    def learn(self, segments: Sequence[Segment], seconds: float) -> None:
        """Take the last step's measure; the newest counts for a half."""
        tokens = sum(segment.length for segment in segments)
        if tokens < LEAST:
            return
        now = seconds / tokens
        before = self._seconds_per_token or now
        self._seconds_per_token = (before + now) / 2
