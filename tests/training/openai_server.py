"""A small server that speaks the part of vLLM's protocol that the remote engine uses.

A real engine writes behind it, so that what comes over the wire can be compared.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from training.engine import AdapterRef, Engine, EngineError, Prompt, Sampling


class OpenAIServer(ThreadingHTTPServer):
    """`loaded`: adapters by name. `asked`: every request as (path, body)."""

    daemon_threads = True

    def __init__(self, engine: Engine) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.engine = engine
        self.loaded: dict[str, str] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.has_tokenizer = True
        self.forgets = True  # unloads an adapter when asked to
        self.breaks_off = False  # hangs up after the third piece
        self.hung_up = threading.Event()  # a reader left before the end

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def serving(engine: Engine) -> Iterator[OpenAIServer]:
    server = OpenAIServer(engine)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class Handler(BaseHTTPRequestHandler):
    server: OpenAIServer

    def do_GET(self) -> None:
        card = {
            "id": "tiny",
            "object": "model",
            "created": 0,
            "owned_by": "storyloom",
            "parent": None,
            "max_model_len": self.server.engine.context,
        }
        self.say(200, {"object": "list", "data": [card]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body))
        answer = {
            "/v1/chat/completions": self.chat,
            "/v1/load_lora_adapter": self.load,
            "/v1/unload_lora_adapter": self.unload,
            "/tokenize": self.tokenize,
        }[self.path]
        answer(body)

    def load(self, body: dict[str, Any]) -> None:
        if body["lora_name"] in self.server.loaded:
            said = f"The lora adapter '{body['lora_name']}' has already been loaded."
            return self.say(400, {"error": {"message": said}})
        self.server.loaded[body["lora_name"]] = body["lora_path"]
        return self.say(200, f"Success: LoRA adapter '{body['lora_name']}' added.")

    def unload(self, body: dict[str, Any]) -> None:
        if not self.server.forgets:
            return self.say(500, {"error": {"message": "not now"}})
        known = self.server.loaded.pop(body["lora_name"], None)
        return self.say(200 if known else 404, "Success" if known else "not found")

    def tokenize(self, body: dict[str, Any]) -> None:
        if not self.server.has_tokenizer:
            return self.say(404, {"detail": "Not Found"})
        if "messages" in body:
            count = self.server.engine.length(Prompt(tuple(body["messages"])))
        else:
            count = self.server.engine.count(body["prompt"])
        return self.say(200, {"count": count})

    def chat(self, body: dict[str, Any]) -> None:
        model = body["model"]
        if model != "tiny" and model not in self.server.loaded:
            said = f"The model `{model}` does not exist."
            return self.say(404, {"error": {"message": said}})
        voice = () if model == "tiny" else (AdapterRef(self.server.loaded[model]),)
        sampling = Sampling(
            max_tokens=body["max_tokens"],
            temperature=body["temperature"],
            top_p=body["top_p"],
            seed=body["seed"],
            stop=tuple(body.get("stop") or ()),
            repetition_penalty=0,
        )
        prompt = Prompt(tuple(body["messages"]))
        assert body.get("continue_final_message", False) == prompt.is_open
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            self.stream(prompt, sampling, voice)
        except OSError:
            self.server.hung_up.set()
        except EngineError:
            pass
        self.close_connection = True

    def stream(self, prompt: Prompt, sampling: Sampling, voice: Any) -> None:
        pieces = self.server.engine.generate(prompt, sampling, voice)
        for number, piece in enumerate(pieces):
            if self.server.breaks_off and number == 3:
                return
            self.event(chunk_of(piece))
        self.event("[DONE]")

    def event(self, data: Any) -> None:
        text = data if isinstance(data, str) else json.dumps(data)
        self.wfile.write(f"data: {text}\n\n".encode())
        self.wfile.flush()

    def say(self, status: int, body: Any) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        kind = "text/plain" if isinstance(body, str) else "application/json"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


def chunk_of(piece: Any) -> dict[str, Any]:
    choice: dict[str, Any] = {
        "index": 0,
        "delta": {"content": piece.text},
        "finish_reason": None,
    }
    if piece.finish:
        choice["finish_reason"] = "length" if piece.finish == "length" else "stop"
        choice["stop_reason"] = "a stop" if piece.finish == "stop" else None
    return {
        "id": "chat-1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "tiny",
        "choices": [choice],
        "usage": {
            "prompt_tokens": 1,
            "completion_tokens": piece.tokens,
            "total_tokens": piece.tokens + 1,
        },
    }
