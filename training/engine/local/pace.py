"""How much of the waiting prompts to read in one step."""

from collections.abc import Sequence

from training.engine.local.batch import Request, Segment

#: Seconds that somebody who is being written for may wait for the next token while
#: one other person's prompt is read. Shorter waits make the last of many who come at
#: once wait longer for a first word: at 0.4 s, 1.7 times a static batch's.
STALL = 1.2
#: Tokens read at a time when nobody waits for a next token.
ALONE = 1024
#: Fewer tokens than this are read no faster than this many.
LEAST = 32
#: Tokens in one step up to which reading more of them takes hardly longer.
TOGETHER = {"cpu": 128, "cuda": 2048}


class Pace:
    """Learns how fast the model reads, to keep running streams running."""

    def __init__(self, device: str = "cpu") -> None:
        #: See `batch.plan`.
        self.together = TOGETHER[device]
        self._seconds_per_token: float | None = None

    def portion(self, requests: Sequence[Request]) -> int:
        """Prompt tokens the next step may read.

        Small portions slow reading down, so they must be worth it: when several
        people wait for a first word for each that is being written for, the
        portions grow by that much.
        """
        writing = sum(request.tokens > 0 for request in requests)
        waiting = len(requests) - writing
        if not writing:
            return ALONE
        if self._seconds_per_token is None:
            return LEAST
        stall = STALL * max(1.0, waiting / writing)
        return max(LEAST, min(ALONE, int(stall / self._seconds_per_token)))

    def learn(self, segments: Sequence[Segment], seconds: float) -> None:
        """Take the last step's measure; the newest counts for a half."""
        tokens = sum(segment.length for segment in segments)
        if tokens < LEAST:
            return
        now = seconds / tokens
        before = self._seconds_per_token or now
        self._seconds_per_token = (before + now) / 2
