"""From token ids to text that can be shown at once."""

from collections.abc import Callable, Sequence

#: What a decoder puts where bytes do not (yet) form a character.
BROKEN = "\ufffd"
#: Prompt tokens the decoder sees first, so that it keeps a leading space.
_LEAD = 4
#: A character has at most four bytes; after more tokens than that, it is noise.
_LONGEST_CHARACTER = 4


class TextStream:
    """Decodes one draft, token by token.

    Never lets out half a character, nor text that may turn out to be the beginning of
    a stop string. The stop string itself is never shown.
    """

    def __init__(
        self,
        decode: Callable[[list[int]], str],
        prompt: Sequence[int],
        stop: Sequence[str] = (),
        *,
        spaced: bool = False,
    ) -> None:
        """`spaced`: the text before ends in a space already; none is added to it."""
        self.stopped = False
        self._decode = decode
        self._ids = list(prompt[-_LEAD:])
        # Decoding a window of ids, not one id, because spaces and accents of some
        # tokenizers depend on the neighbours: [from:shown] is known, the rest new.
        self._from = 0
        self._shown = len(self._ids)
        self._stop = tuple(text for text in stop if text)
        self._held = ""
        self._spaced = spaced

    def push(self, token: int) -> str:
        """Add a token; returns the text that may be shown now, often none."""
        self._ids.append(token)
        return self._release(self._fresh(last=False), last=False)

    def finish(self) -> str:
        """The rest, when no token follows. Bytes of half a character are dropped."""
        return self._release(self._fresh(last=True), last=True)

    def _fresh(self, last: bool) -> str:
        old = self._decode(self._ids[self._from : self._shown])
        new = self._decode(self._ids[self._from :])
        waiting = len(self._ids) - self._shown
        if new.endswith(BROKEN) and not last and waiting <= _LONGEST_CHARACTER:
            return ""
        fresh = new[len(old) :]
        self._from, self._shown = self._shown, len(self._ids)
        return fresh.replace(BROKEN, "")

    def _release(self, fresh: str, last: bool) -> str:
        if self.stopped:
            return ""
        if self._spaced:
            fresh = fresh.lstrip(" ")
            self._spaced = not fresh
        self._held += fresh
        found = [self._held.find(stop) for stop in self._stop]
        cut = min((at for at in found if at >= 0), default=None)
        if cut is not None:
            self.stopped = True
        elif last:
            cut = len(self._held)
        else:
            cut = len(self._held) - self._doubtful()
        text, self._held = self._held[:cut], self._held[cut:]
        return text

    def _doubtful(self) -> int:
        """Characters at the end of the held text that may begin a stop string."""
        for length in range(min(len(self._held), self._longest_stop() - 1), 0, -1):
            if any(stop.startswith(self._held[-length:]) for stop in self._stop):
                return length
        return 0

    def _longest_stop(self) -> int:
        return max((len(stop) for stop in self._stop), default=1)
