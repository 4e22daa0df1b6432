"""The engine room: a language model behind one small protocol. No Django here.

Importing this package loads neither torch nor transformers; `open_engine` does so
when, and only when, it is asked for a real model.
"""

from training.engine.base import (
    HEARTBEAT,
    MOST_ADAPTERS,
    AdapterError,
    AdapterRef,
    Engine,
    EngineError,
    Kin,
    Liking,
    Message,
    Piece,
    Prompt,
    PromptTooLong,
    Sampling,
)
from training.engine.echo import EchoEngine

__all__ = [
    "HEARTBEAT",
    "MOST_ADAPTERS",
    "AdapterError",
    "AdapterRef",
    "EchoEngine",
    "Engine",
    "EngineError",
    "Kin",
    "Liking",
    "Message",
    "Piece",
    "Prompt",
    "PromptTooLong",
    "Sampling",
    "is_address",
    "open_engine",
]


def is_address(model: str) -> bool:
    """Does this name a server rather than weights?"""
    return model.startswith(("http://", "https://"))


def open_engine(
    model: str,
    *,
    device: str = "auto",
    threads: int = 0,
    max_batch: int = 32,
    context: int | None = None,
    key: str = "",
    fingerprint: str = "",
) -> Engine:
    """Open the engine that `model` names. Slow for a real model: call it once.

    `model`: "echo", a Hugging Face id, a folder in Hugging Face format, or the address
        of a server that speaks OpenAI's protocol ("http://127.0.0.1:8000/v1").
    `device`: "auto", "cpu" or "cuda".
    `threads`: torch threads on the CPU; 0 means all physical cores but one. Set it
        to 1 where cores are busy with other work: two threads there are slower.
    `max_batch`: rows that run together; further requests wait their turn.
    `context`: tokens of prompt and passage together, never above the model's own.
    `key`, `fingerprint`: of a server; see `open_remote`.

    Raises EngineError with a sentence that says what is wrong with the model.
    """
    if model == "echo":
        return EchoEngine(context=context or 2048)
    if is_address(model):
        from training.engine.remote import open_remote

        return open_remote(model, key=key, context=context, fingerprint=fingerprint)
    from training.engine.local import open_local

    return open_local(
        model, device=device, threads=threads, max_batch=max_batch, context=context
    )
