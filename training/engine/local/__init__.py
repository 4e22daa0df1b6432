"""A real model in this process: one thread owns it and batches every request.

The only package that imports torch. How a request travels:

    engine.generate -> chat (messages to token ids) -> queue -> engine thread:
    batch.plan (who is fed how many tokens) -> forward (one packed model.forward over
    attention and cache) -> sampling, processors -> text (ids to safe text) -> queue
    -> engine.generate yields pieces
"""

from training.engine.local.engine import LocalEngine, open_local

__all__ = ["LocalEngine", "open_local"]
