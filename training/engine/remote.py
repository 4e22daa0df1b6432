"""A model served elsewhere: any server that speaks OpenAI's chat protocol.

Voices need what vLLM adds to it: an adapter is loaded by name once and then asked for
as if it were a model, one for each request. The server must see the adapters' folder
under the same path. Start it with

    VLLM_ALLOW_RUNTIME_LORA_UPDATING=True vllm serve MODEL --enable-lora \\
        --max-loras 8 --max-lora-rank 32 --max-cpu-loras 64

and let nobody but this application reach it: whoever can, can load adapters.
(https://docs.vllm.ai, "LoRA Adapters" and "OpenAI-Compatible Server".)

Names, wanted words, contrast and anti-repetition of a request are this project's own
and stay unused there; a model that needs such help is one to run locally.
"""

import threading
from collections import OrderedDict
from collections.abc import Generator, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import openai

from training.engine.base import (
    HEARTBEAT,
    AdapterError,
    AdapterRef,
    EngineError,
    Finish,
    Message,
    Piece,
    Prompt,
    PromptTooLong,
    Sampling,
)

CONTEXT = 4096  # where the server does not say
MOST_LOADED = 256  # adapters that the server knows by name
LOOK_AGAIN = 2.0  # seconds between looks for adapters that are gone
SILENCE = 120.0  # seconds without a byte: the server is taken for dead
GONE = "This voice is gone."
DEAD = "The language model's server does not answer."
EMPTY: Message = {"role": "user", "content": ""}
CONTINUED = {"continue_final_message": True, "add_generation_prompt": False}
#: With every chunk, where the server can; else each chunk counts as one token.
USAGE = {"include_usage": True, "continuous_usage_stats": True}


def open_remote(
    url: str, *, key: str = "", context: int | None = None, fingerprint: str = ""
) -> "RemoteEngine":
    """`url` up to "/v1". `fingerprint`: of the weights served there, as those who
    train adapters for them know it; without it no adapter fits.

    Raises EngineError where nobody answers or no model is served.
    """
    client = openai.OpenAI(base_url=url, api_key=key or "none", timeout=SILENCE)
    try:
        served = [card.model_dump() for card in client.models.list()]
    except openai.OpenAIError as error:
        raise EngineError(f"{DEAD} ({url})") from error
    base = next((card for card in served if not card.get("parent")), None)
    if base is None:
        raise EngineError(f"The server at {url} serves no model.")
    limit = base.get("max_model_len") or CONTEXT
    return RemoteEngine(
        client, base["id"], min(context or limit, limit), fingerprint=fingerprint
    )


class RemoteEngine:
    """See `Engine`. One adapter speaks at a time, and at its full weight."""

    most_adapters = 1

    def __init__(
        self, client: openai.OpenAI, model: str, context: int, *, fingerprint: str
    ) -> None:
        self.name, self.context, self.fingerprint = model, context, fingerprint
        self._client = client
        self._voices = RemoteVoices(client)
        self._closed = threading.Event()
        self._count = lru_cache(4096)(self._ask_count)
        threading.Thread(target=self._look, daemon=True).start()

    def count(self, text: str) -> int:
        return self._count(text) if text else 0

    def length(self, prompt: Prompt) -> int:
        body = {"messages": messages_of(prompt), "add_generation_prompt": True}
        found = self._tokenized(body | (CONTINUED if prompt.is_open else {}))
        if found is not None:
            return found
        return sum(guess(m["content"]) + 4 for m in prompt.messages) + 4

    def generate(
        self,
        prompt: Prompt,
        sampling: Sampling,
        adapters: Sequence[AdapterRef] = (),
    ) -> Generator[Piece, None, None]:
        self._be_open()
        path = path_of(adapters)
        room = self.context - self.length(prompt)
        if room < 1:
            raise PromptTooLong("The story is too long for this model.")
        answer = Answer(lambda: self._asked(prompt, sampling, path, room))
        try:
            while True:
                self._be_open()
                piece = answer.next_piece(HEARTBEAT / 2)
                yield piece
                if piece.finish:
                    return
        finally:
            answer.close()

    def likes(self, adapters: Sequence[AdapterRef]) -> None:
        return None  # a server shows no embeddings

    def close(self) -> None:
        self._closed.set()
        self._client.close()

    def _asked(
        self,
        prompt: Prompt,
        sampling: Sampling,
        path: str,
        room: int,
    ) -> openai.Stream:
        """The answer as it comes; once more if the server has forgotten a voice."""
        asked: dict[str, Any] = {
            "messages": messages_of(prompt),
            "max_tokens": min(sampling.max_tokens, room),
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "seed": sampling.seed,
            "stop": list(sampling.stop) or None,
            "logprobs": True,
            "stream": True,
            "stream_options": USAGE,
            "extra_body": CONTINUED if prompt.is_open else {},
        }
        for again in (False, True):
            model = self._voices.name_of(path) if path else self.name
            try:
                return self._client.chat.completions.create(model=model, **asked)
            except openai.NotFoundError:
                if again or not path:
                    raise
                self._voices.forget(path)
        raise AssertionError("unreachable")

    def _be_open(self) -> None:
        if self._closed.is_set():
            raise EngineError("The language model was stopped.")

    def _ask_count(self, text: str) -> int:
        found = self._tokenized({"prompt": text, "add_special_tokens": False})
        return guess(text) if found is None else found

    def _tokenized(self, body: dict[str, Any]) -> int | None:
        """Tokens, by the server's own tokenizer; None where it lets nobody ask."""
        root = str(self._client.base_url).rstrip("/").removesuffix("/v1")
        try:
            found: Any = self._client.post(
                f"{root}/tokenize", body={"model": self.name, **body}, cast_to=object
            )
            return int(found["count"])
        except openai.APIConnectionError as error:
            raise EngineError(DEAD) from error
        except (openai.APIStatusError, KeyError, TypeError):
            return None

    def _look(self) -> None:
        """Who is deleted is forgotten, whether or not anybody asks."""
        while not self._closed.wait(LOOK_AGAIN):
            self._voices.forget_the_gone()


def guess(text: str) -> int:
    """Rather too many tokens than too few: most texts have four bytes a token."""
    return -(-len(text.encode()) // 3)


def path_of(adapters: Sequence[AdapterRef]) -> str:
    """Of the one that speaks; empty for none. Raises AdapterError."""
    if len(adapters) > 1 or any(each.weight != 1.0 for each in adapters):
        raise AdapterError("On this server voices speak one at a time.")
    if adapters and not Path(adapters[0].path).is_dir():
        raise AdapterError(GONE)
    return adapters[0].path if adapters else ""


def messages_of(prompt: Prompt) -> list[Message]:
    return list(prompt.messages) or [EMPTY]


class Answer:
    """Reads a stream in a thread of its own, so that its reader never waits long."""

    def __init__(self, ask: Any) -> None:
        self._ask, self._left = ask, False
        self._stream: openai.Stream | None = None
        self._pieces: Queue[Piece | Exception] = Queue()
        self._told = 0
        threading.Thread(target=self._read, daemon=True).start()

    def next_piece(self, wait: float) -> Piece:
        """The next one, or an empty one after `wait` seconds. Raises EngineError."""
        try:
            found = self._pieces.get(timeout=wait)
        except Empty:
            return Piece("", self._told)
        if isinstance(found, Exception):
            raise found
        self._told = found.tokens
        return found

    def close(self) -> None:
        """Hang up: the server stops writing."""
        self._left = True
        if self._stream is not None:
            self._stream.close()

    def _read(self) -> None:
        try:
            self._stream = self._ask()
            if self._left:
                self._stream.close()
            for piece in pieces_of(self._stream):
                self._pieces.put(piece)
        except EngineError as error:
            self._pieces.put(error)
        except openai.APIStatusError as error:
            said = f"The language model's server refused ({error.status_code})."
            self._pieces.put(EngineError(said))
        except Exception as error:  # a line cut at any byte, by them or by us
            broken = EngineError(DEAD)
            broken.__cause__ = error
            self._pieces.put(broken)


def pieces_of(stream: Any) -> Iterator[Piece]:
    """Raises EngineError where the stream ends before the passage does."""
    tokens, ended = 0, False
    for chunk in stream:
        usage = getattr(chunk, "usage", None)
        if not chunk.choices:
            continue
        choice = chunk.choices[0]
        text = choice.delta.content or ""
        tokens = usage.completion_tokens if usage else tokens + bool(text)
        finish = finish_of(choice)
        if text or finish:
            yield Piece(text, tokens, finish, surprise_of(choice))
        if finish:
            ended = True
    if not ended:
        raise EngineError(DEAD)


def finish_of(choice: Any) -> Finish:
    if choice.finish_reason is None:
        return None
    if choice.finish_reason == "length":
        return "length"
    # vLLM says which stop string it met; none at the model's own end
    return "stop" if isinstance(getattr(choice, "stop_reason", None), str) else "end"


def surprise_of(choice: Any) -> float:
    known = choice.logprobs.content if choice.logprobs else None
    return -sum(each.logprob for each in known or ())


class RemoteVoices:
    """Which adapters the server knows, and by what names."""

    def __init__(self, client: openai.OpenAI) -> None:
        self._client = client
        self._known: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def name_of(self, path: str) -> str:
        """Loads it if need be. Raises AdapterError."""
        if not Path(path).is_dir():
            raise AdapterError(GONE)
        with self._lock:
            if path not in self._known:
                self._load(path, "voice-" + sha256(path.encode()).hexdigest()[:24])
            self._known.move_to_end(path)
            return self._known[path]

    def forget(self, path: str) -> None:
        with self._lock:
            self._known.pop(path, None)

    def forget_the_gone(self) -> None:
        with self._lock:
            for path in [p for p in self._known if not Path(p).is_dir()]:
                self._unload(path)

    def _load(self, path: str, name: str) -> None:
        if len(self._known) >= MOST_LOADED:  # one the server keeps is tried later
            self._unload(next(iter(self._known)))
        body = {"lora_name": name, "lora_path": path}
        try:
            self._client.post("/load_lora_adapter", body=body, cast_to=str)
        except openai.APIConnectionError as error:
            raise EngineError(DEAD) from error
        except openai.APIStatusError as error:
            if "already been loaded" not in str(error):
                raise AdapterError("The server refused this voice.") from error
        self._known[path] = name

    def _unload(self, path: str) -> None:
        """One the server cannot forget now is tried again at the next look."""
        body = {"lora_name": self._known[path]}
        try:
            self._client.post("/unload_lora_adapter", body=body, cast_to=str)
        except openai.NotFoundError:
            pass
        except openai.OpenAIError:
            return
        del self._known[path]
