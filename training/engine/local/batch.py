"""Who is in the running batch, and what each step feeds.

A request is what a caller asked for. It owns drafts (texts being written: one today,
several when alternatives share a prompt); a draft owns rows (lines of the batch: one,
or two when a contrast row with another prompt or adapter speaks against it). A token
is drawn per draft and fed to all of its rows.
"""

import queue
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from training.engine.base import EngineError, Finish, Piece, Sampling
from training.engine.local.kin import Shared
from training.engine.local.processors import Processor
from training.engine.local.sampling import draw, seeded
from training.engine.local.text import TextStream

#: What a request's processing failed with is for the log; this is for the person.
FAILED = "The language model failed on this passage. Please try again."


@dataclass(frozen=True, slots=True)
class Voice:
    """An adapter's slot, and what its answer is multiplied with."""

    slot: int
    weight: float = 1.0


@dataclass(slots=True, eq=False)
class Row:
    """One sequence the model reads: a prompt and what was drawn after it."""

    ids: list[int]
    #: Tokens it can ever hold.
    capacity: int
    #: Adapters that colour this row; none is the plain model.
    voices: tuple[Voice, ...] = ()
    #: Tokens whose keys and values are in the cache.
    cached: int = 0
    #: The forward pass's own memory of this row.
    cache: Any = None
    #: Scores [vocabulary] of the next token, once every token so far is cached.
    scores: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """Tokens `ids[start:stop]` of a row, fed in one step."""

    row: Row
    start: int
    stop: int

    @property
    def length(self) -> int:
        return self.stop - self.start


@dataclass(slots=True, eq=False)
class Draft:
    """One text being written. `rows[0]` speaks."""

    rows: list[Row]
    sampling: Sampling
    #: Tokens to draw at most.
    limit: int
    #: Tokens after which a passage is over.
    ends: frozenset[int]
    text: TextStream
    processors: Sequence[Processor] = ()
    tokens: int = 0
    #: Nats, of all tokens so far, as the model itself saw them.
    surprise: float = 0.0
    finished: bool = False
    _dice: torch.Generator = field(init=False)

    def __post_init__(self) -> None:
        self._dice = seeded(self.sampling.seed)

    @property
    def ready(self) -> bool:
        """Whether a token can be drawn: all rows have read all they have."""
        return not self.finished and all(row.scores is not None for row in self.rows)

    def advance(self) -> Piece:
        """Draw the next token and tell what text that makes."""
        own = scores = self.rows[0].scores
        assert own is not None and scores is not None, "only a ready draft advances"
        for process in self.processors:
            scores = process(self.rows[0].ids, scores)
        token = draw(scores, self.sampling, self._dice)
        if token in self.ends:
            self.finished = True
            return self._piece(self.text.finish(), "end")
        self.surprise += float(own.logsumexp(-1) - own[token])
        return self._take(token)

    def _piece(self, text: str, finish: Finish = None) -> Piece:
        return Piece(text, self.tokens, finish, self.surprise)

    def _take(self, token: int) -> Piece:
        for row in self.rows:
            row.ids.append(token)
            row.scores = None
        self.tokens += 1
        text = self.text.push(token)
        if self.text.stopped:
            self.finished = True
            return self._piece(text, "stop")
        if self.tokens == self.limit:
            self.finished = True
            return self._piece(text + self.text.finish(), "length")
        return self._piece(text)


@dataclass(slots=True, eq=False)
class Request:
    """What one caller waits for. The caller's thread reads `pieces`, the engine's
    thread writes them; `cancelled` is the caller's only word to the engine."""

    drafts: list[Draft]
    #: What requests of the same passage have read, if there are any.
    shared: Shared | None = None
    #: Adapters that were read for it, with their weights; `voices` once it runs.
    adapters: tuple[tuple[Any, float], ...] = ()
    voices: tuple[Voice, ...] = ()
    pieces: queue.SimpleQueue[Piece | EngineError] = field(
        default_factory=queue.SimpleQueue
    )
    cancelled: bool = False
    done: bool = False

    @property
    def rows(self) -> list[Row]:
        return [row for draft in self.drafts for row in draft.rows]

    @property
    def tokens(self) -> int:
        return sum(draft.tokens for draft in self.drafts)

    def advance(self) -> None:
        """Move every draft on that can be, and hand its text over at once."""
        if self.shared and self.drafts[0].ready:
            self.shared.keep(self)
        for draft in self.drafts:
            if draft.ready:
                piece = draft.advance()
                if piece.text or piece.finish:
                    self.pieces.put(piece)
        self.done = all(draft.finished for draft in self.drafts)

    def fail(self, error: EngineError) -> None:
        self.done = True
        self.pieces.put(error)

    def release(self) -> None:
        """Give memory back now, not when the caller lets go of the request."""
        for row in self.rows:
            row.cache = row.scores = None


def plan(requests: Iterable[Request], portion: int, together: int = 1) -> list[Segment]:
    """What the next step feeds: a token for every row that is writing, and at most
    `portion` tokens of prompts still to be read, first come, first served.

    Another prompt is begun in the same step only while fewer than `together` tokens
    are read in it. Beyond that, reading takes time in proportion to the tokens: two
    prompts read side by side would both be ready when the second is ready in turn.
    """
    writing: list[Segment] = []
    reading: list[Segment] = []
    read = 0
    for row in (row for request in requests for row in request.rows):
        left = len(row.ids) - row.cached
        if left == 1 and row.cached:
            writing.append(Segment(row, row.cached, row.cached + 1))
        elif left and read < min(portion, together):
            length = min(left, portion - read)
            reading.append(Segment(row, row.cached, row.cached + length))
            read += length
    return writing + reading


def note(segments: Sequence[Segment], scores: Tensor) -> None:
    """Record in the rows what a step fed and found: `scores` [segments, vocabulary]."""
    for segment, row_scores in zip(segments, scores, strict=True):
        row = segment.row
        row.cached = segment.stop
        if row.cached == len(row.ids):
            row.scores = row_scores
