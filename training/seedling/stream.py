"""Batches in order, on and on, rendered here or by processes beside the training.

A GPU reads faster than one process can render names and passages anew. Parts of an
epoch are numbered, so however many processes work, they come in the same order.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor

from training.seedling.batches import Batch, Library, chunk_batches, chunks_in
from training.seedling.recipe import Recipe

Where = tuple[bool, int, int]  # closing, epoch, chunk
_shared: dict = {}  # what the processes were forked with


def _rendered(where: Where) -> list[Batch]:
    library, tokenizer, recipe = _shared["run"]
    return chunk_batches(library, tokenizer, recipe, *where)


class Stream:
    def __init__(self, library: Library, tokenizer, recipe: Recipe):
        self.library, self.tokenizer, self.recipe = library, tokenizer, recipe
        self.pool: ProcessPoolExecutor | None = None
        if recipe.workers:
            os.environ["TOKENIZERS_PARALLELISM"] = "false"
            _shared["run"] = (library, tokenizer, recipe)
            context = multiprocessing.get_context("fork")
            self.pool = ProcessPoolExecutor(recipe.workers, mp_context=context)
            for future in [self.pool.submit(os.getpid) for _ in range(recipe.workers)]:
                future.result()  # all are forked before the GPU is touched

    def order(self, closing: bool, epoch: int, chunk: int) -> Iterator[Where]:
        while True:
            for number in range(
                chunk, chunks_in(self.library, self.recipe, closing, epoch)
            ):
                yield closing, epoch, number
            epoch, chunk = epoch + 1, 0

    def chunks(
        self, closing: bool, epoch: int, chunk: int
    ) -> Iterator[tuple[Where, list[Batch]]]:
        """Each part of an epoch with its batches, from that one on and on."""
        order = self.order(closing, epoch, chunk)
        if self.pool is None:
            for where in order:
                batches = chunk_batches(
                    self.library, self.tokenizer, self.recipe, *where
                )
                yield where, batches
        ahead: deque[tuple[Where, Future]] = deque()
        for where in order:
            assert self.pool
            ahead.append((where, self.pool.submit(_rendered, where)))
            if len(ahead) >= 2 * self.recipe.workers:
                first, future = ahead.popleft()
                yield first, future.result()

    def close(self) -> None:
        if self.pool:
            self.pool.shutdown(wait=False, cancel_futures=True)
