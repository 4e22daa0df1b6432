"""How many candidates there is time for: text must come no slower than one reads."""

import threading

#: Words a second that a quick reader reads.
READ = 6.0
#: How many words a block has, about, before any was drawn.
USUAL_BLOCK = 14


class Budget:
    """Learns how long a word takes with one more candidate. Shared by a process."""

    def __init__(self, words_per_second: float = READ) -> None:
        self.words_per_second = words_per_second
        self._seconds: float | None = None  # for a word of one candidate
        self._lock = threading.Lock()

    def candidates(self, most: int) -> int:
        """So many that what is read now lasts until the next block is there."""
        if self._seconds is None or self._seconds <= 0:
            return most
        affordable = int(1 / (self.words_per_second * self._seconds))
        return max(1, min(most, affordable))

    def learn(self, candidates: int, words: int, seconds: float) -> None:
        """`words`: of the block that was taken. The newest counts for a half."""
        if not words or not candidates:
            return
        now = seconds / words / candidates
        with self._lock:
            before = self._seconds if self._seconds is not None else now
            self._seconds = (before + now) / 2

    def expected(self, candidates: int) -> float:
        """Seconds that the next block will take, about."""
        return (self._seconds or 0.0) * candidates * USUAL_BLOCK
