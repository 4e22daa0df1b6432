"""The engine thread: takes requests in, runs the batch step by step, hands text out."""

import atexit
import contextlib
import logging
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from training.engine.base import (
    HEARTBEAT,
    MOST_ADAPTERS,
    AdapterRef,
    EngineError,
    Liking,
    Piece,
    Prompt,
    PromptTooLong,
    Sampling,
)
from training.engine.local import sampling as settings
from training.engine.local.batch import (
    FAILED,
    Draft,
    Request,
    Row,
    Segment,
    note,
    plan,
)
from training.engine.local.chat import Chat, ends_in_space
from training.engine.local.forward import choose_forward
from training.engine.local.kin import Shared
from training.engine.local.layout import lay_out
from training.engine.local.model import (
    context_of,
    end_tokens,
    load,
    name_of,
    pick_threads,
)
from training.engine.local.pace import Pace
from training.engine.local.processors import Processor
from training.engine.local.slots import Slots
from training.engine.local.steering import Steering
from training.engine.local.text import TextStream
from training.engine.local.voices import Voices

logger = logging.getLogger(__name__)

#: Seconds another thread may hold Python before the engine thread gets it back. A
#: step asks for it hundreds of times: at Python's 5 ms, one busy thread beside the
#: engine makes writing three times slower.
SWITCH_INTERVAL = 0.001

STOPPED = "The language model was stopped."


def open_local(
    model: str,
    *,
    device: str = "auto",
    threads: int = 0,
    max_batch: int = 32,
    context: int | None = None,
) -> "LocalEngine":
    """Load a model and start its engine thread. See `training.engine.open_engine`."""
    torch.set_num_threads(pick_threads(threads))
    sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_INTERVAL))
    loaded, tokenizer = load(model, device)
    return LocalEngine(
        loaded, tokenizer, name=name_of(model), max_batch=max_batch, context=context
    )


class LocalEngine:
    """Writes for many callers at once with one model, which one thread owns.

    Requests join and leave the running batch between two steps. What a caller does
    (ask, wait, cancel) never touches the model.
    """

    most_adapters = MOST_ADAPTERS

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        *,
        name: str,
        max_batch: int = 32,
        context: int | None = None,
        more: Callable[[Sampling], list[Processor]] = lambda _: [],
        ends: frozenset[int] | None = None,
    ) -> None:
        self.name = name
        self.model = model
        self.context = context_of(model, context)
        self._chat = Chat(tokenizer)
        self._ends = end_tokens(model, tokenizer) if ends is None else ends
        self._steering = Steering(self._chat, model.generation_config.to_dict())
        self._more = more
        self._max_batch = max_batch
        lay_out(model)  # first: the voices look at where the embeddings lie
        self._voices = Voices(model)
        self.fingerprint = self._voices.fingerprint
        self._forward = choose_forward(model, self._voices.slots)
        self._pace = Pace(model.device.type)
        self._inbox: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._waiting: list[Request] = []
        self._running: list[Request] = []
        self._closed = threading.Event()
        self._threads = torch.get_num_threads()
        self._thread = threading.Thread(target=self._work, name="engine", daemon=True)
        self._thread.start()
        # A thread that is cut off inside torch takes the interpreter down with it.
        atexit.register(self.close)

    # -- what callers use, from any thread

    def count(self, text: str) -> int:
        return self._chat.count(text)

    def length(self, prompt: Prompt) -> int:
        return len(self.encode(prompt))

    def encode(self, prompt: Prompt) -> list[int]:
        """The token ids the model will read."""
        return self._chat.encode(prompt)

    def generate(
        self,
        prompt: Prompt,
        sampling: Sampling,
        adapters: Sequence[AdapterRef] = (),
    ) -> Generator[Piece, None, None]:
        request = self.submit(prompt, sampling, adapters)
        try:
            while True:
                piece = self._next(request)
                yield piece
                if piece.finish:
                    return
        finally:
            request.cancelled = True

    def submit(
        self,
        prompt: Prompt,
        sampling: Sampling,
        adapters: Sequence[AdapterRef] = (),
    ) -> Request:
        """Queue a request without waiting for it.

        Raises EngineError, and its kinds PromptTooLong and AdapterError.
        """
        settings.check(sampling)
        if self._closed.is_set():
            raise EngineError(STOPPED)
        request = self._request(prompt, sampling)
        request.adapters = self._voices.read(adapters)
        self._inbox.put(request)
        return request

    def likes(self, adapters: Sequence[AdapterRef]) -> Liking | None:
        known = self._voices.likes(adapters)
        if not known:
            return None
        return lambda text: sum(w * r.of(self.tokens(text)) for r, w in known)

    def close(self) -> None:
        atexit.unregister(self.close)
        self._closed.set()
        self._inbox.put(None)
        self._thread.join()

    @property
    def places(self) -> int:
        """Rows in the running batch right now."""
        return sum(len(request.rows) for request in self._running)

    def tokens(self, text: str) -> list[int]:
        """The token ids of a plain text."""
        return self._chat.ids(text)

    @property
    def slots(self) -> Slots:
        return self._voices.slots

    def forget(self, voice: AdapterRef) -> None:
        """Have it read and loaded anew when it speaks next; for an idle engine."""
        self._voices.forget(voice.path)

    @property
    def voices(self) -> list[str]:
        """The adapters that lie ready beside the model."""
        return self._voices.slots.paths

    def _request(self, prompt: Prompt, sampling: Sampling) -> Request:
        shared = Shared.of(prompt.kin) if prompt.kin else None
        ids = shared.encode(prompt, self.encode) if shared else self.encode(prompt)
        room = self.context - len(ids)
        if room < 1:
            raise PromptTooLong(
                f"The story so far takes {len(ids)} tokens; this model reads at most "
                f"{self.context - 1}."
            )
        limit = min(room, sampling.max_tokens)
        rival = self._rival(prompt, limit)
        processors = self._steering.of(prompt, ids, sampling, rival)
        processors += self._more(sampling)
        rows = [Row(ids, capacity=len(ids) + limit), *([rival] if rival else [])]
        spaced = ends_in_space(prompt)
        draft = Draft(
            rows=rows,
            sampling=sampling,
            limit=limit,
            ends=self._ends,
            text=TextStream(self._chat.decode, ids, sampling.stop, spaced=spaced),
            processors=processors,
        )
        return Request([draft], shared)

    def _rival(self, prompt: Prompt, limit: int) -> Row | None:
        """The row that asks for the opposite, where there is room for its prompt."""
        if not prompt.against or prompt.contrast <= 0:
            return None
        ids = self.encode(Prompt(prompt.against))
        if len(ids) + limit > self.context:
            return None
        return Row(ids, capacity=len(ids) + limit)

    def _next(self, request: Request) -> Piece:
        """The next piece, or a heartbeat when there is none for a while."""
        try:
            piece = request.pieces.get(timeout=HEARTBEAT)
        except queue.Empty:
            if not self._thread.is_alive():
                raise EngineError(STOPPED) from None
            return Piece("", request.tokens)
        if isinstance(piece, EngineError):
            raise piece
        return piece

    # -- what the engine thread does

    @torch.inference_mode()
    def _work(self) -> None:
        # A thread starts with torch's default, whatever its parent was told.
        torch.set_num_threads(self._threads)
        while not self._closed.is_set():
            self._admit()
            try:
                self._step()
            except Exception as error:  # the thread must outlive whatever fails
                self._fail_all(error)
        self._abandon()

    def _admit(self) -> None:
        """Let requests in while there is room; sleep if there is nothing to do."""
        if not self._running and not self._waiting:
            self._sleep()
        while not self._inbox.empty():
            self._take(self._inbox.get())
        self._waiting = [request for request in self._waiting if not request.cancelled]
        self._drop_finished()
        self._voices.sweep()
        for request in list(self._waiting):
            if not self._fits(request):
                break
            if request.shared and request.shared.must_wait(request):
                continue
            self._waiting.remove(request)
            self._begin(request)

    def _sleep(self) -> None:
        with contextlib.suppress(queue.Empty):
            self._take(self._inbox.get(timeout=self._voices.patience))

    def _begin(self, request: Request) -> None:
        try:
            self._voices.settle(request)
        except Exception as error:  # no memory for one more voice, say
            logger.error("a voice could not be loaded: %s", describe(error))
            request.fail(EngineError(FAILED))
            return
        if request.shared:
            request.shared.join(request)
        self._running.append(request)

    def _drop_finished(self) -> None:
        staying = []
        for request in self._running:
            if request.done or request.cancelled:
                request.release()
                self._voices.leave(request)
            else:
                staying.append(request)
        self._running = staying

    def _take(self, request: Request | None) -> None:
        if request is not None:
            self._waiting.append(request)

    def _fits(self, request: Request) -> bool:
        return not self._running or (self.places + len(request.rows) <= self._max_batch)

    def _step(self) -> None:
        """Feed every running request once, and hand out what that yields."""
        if not self._running:
            return
        portion = self._pace.portion(self._running)
        segments = plan(self._running, portion, self._pace.together)
        segments.sort(key=in_order)
        began = time.monotonic()
        note(segments, self._forward(segments))
        self._pace.learn(segments, time.monotonic() - began)
        for request in self._running:
            self._advance(request)
        self._drop_finished()

    def _advance(self, request: Request) -> None:
        """One request's own processing; what fails here fails it alone."""
        try:
            request.advance()
        except Exception as error:
            logger.error("a passage failed: %s", describe(error))
            request.fail(EngineError(FAILED))

    def _fail_all(self, error: Exception) -> None:
        """The step itself failed: nobody's cache can be trusted any more."""
        logger.error("a step of the model failed: %s", describe(error))
        for request in self._running:
            request.fail(EngineError(FAILED))
        self._drop_finished()

    def _abandon(self) -> None:
        while not self._inbox.empty():
            self._take(self._inbox.get())
        for request in self._running + self._waiting:
            request.fail(EngineError(STOPPED))
        self._running, self._waiting = [], []


def in_order(segment: Segment) -> tuple[bool, list[int]]:
    """What is written before what is read, and by slot: see `Slots`."""
    return segment.length > 1, [voice.slot for voice in segment.row.voices]


def describe(error: Exception) -> str:
    """Kind and place of an error for the log. Its message may quote a story."""
    frames = traceback.extract_tb(error.__traceback__)
    where = (
        f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    )
    return f"{type(error).__name__}{where}"
