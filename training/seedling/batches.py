"""Readings of stories as packed rows of tokens.

Several stories share a row, and none sees another: attention is cut between
documents and positions start again, so a story is read as it will be written,
from an empty page.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from training.seedling.documents import Message, Prepared, messages_of
from training.seedling.pairs import Pair, pair_messages
from training.seedling.recipe import Recipe
from training.seedling.tokenizer import rendered


@dataclass
class Document:
    ids: list[int]
    weights: list[float]  # of predicting each token


@dataclass
class Row:
    length: int
    documents: list[Document] = field(default_factory=list)

    @property
    def room(self) -> int:
        return self.length - sum(len(d.ids) for d in self.documents)


def encode(messages, tokenizer, prompt_weight: float) -> list[Document]:
    """One document a span list; turns stay whole."""
    spans = rendered(messages)
    encoded = tokenizer.encode_batch([t for t, _ in spans], add_special_tokens=False)
    return [
        Document(e.ids, [1.0 if spoken else prompt_weight] * len(e.ids))
        for e, (_, spoken) in zip(encoded, spans, strict=True)
    ]


def joined(parts: list[Document]) -> Document:
    return Document(
        [i for p in parts for i in p.ids], [w for p in parts for w in p.weights]
    )


def documents_of(
    messages, tokenizer, recipe: Recipe, limit: int | None = None
) -> list[Document]:
    """A story as one document, or several that each begin with its header."""
    limit = limit or recipe.context
    parts = encode(messages, tokenizer, recipe.prompt_weight)
    header = [parts.pop(0)] if len(parts) % 2 else []
    turns = [joined(parts[i : i + 2]) for i in range(0, len(parts), 2)]
    documents: list[Document] = []
    open_parts = list(header)
    for turn in turns:
        size = sum(len(p.ids) for p in open_parts)
        if len(open_parts) > len(header) and size + len(turn.ids) > limit:
            documents.append(joined(open_parts))
            open_parts = list(header)
        open_parts.append(turn)
    documents.append(joined(open_parts))
    return [
        Document(d.ids[: recipe.context], d.weights[: recipe.context])
        for d in documents
    ]


def packed(documents: list[Document], recipe: Recipe, width: int = 192) -> list[Row]:
    """First fit among the last `width` rows that are open; long ones get long rows."""
    rows: list[Row] = []
    open_rows: dict[int, list[Row]] = {recipe.row: [], recipe.context: []}
    for document in documents:
        length = recipe.row if len(document.ids) <= recipe.row else recipe.context
        # a short document may fill the rest of a long row
        candidates = open_rows[recipe.context] + open_rows[recipe.row]
        row = next((r for r in candidates if r.room >= len(document.ids)), None)
        if row is None:
            row = Row(length)
            rows.append(row)
            open_rows[length].append(row)
        row.documents.append(document)
        for key, kept in open_rows.items():
            open_rows[key] = [r for r in kept if r.room >= 24][-width:]
    return rows


def arrays_of(row: Row) -> dict[str, np.ndarray]:
    """Inputs, targets, their weights, positions, and which document each is in."""
    size = row.length
    ids = np.zeros(size, np.int64)
    targets = np.zeros(size, np.int64)
    weights = np.zeros(size, np.float32)
    positions = np.zeros(size, np.int64)
    document = np.full(size, -1, np.int64)
    at = 0
    for number, part in enumerate(row.documents):
        n = len(part.ids)
        ids[at : at + n] = part.ids
        targets[at : at + n - 1] = part.ids[1:]
        weights[at : at + n - 1] = part.weights[1:]
        positions[at : at + n] = np.arange(n)
        document[at : at + n] = number
        at += n
    return {
        "ids": ids,
        "targets": targets,
        "weights": weights,
        "positions": positions,
        "document": document,
    }


def readings(
    stories: list[Prepared],
    pairs: list[Pair],
    sources: tuple[tuple[str, float], ...],
    rng: random.Random,
) -> list[tuple[Prepared | Pair, int]]:
    """What one epoch reads, in order, each with the seed of its reading."""
    shares = dict(sources)
    chosen: list[tuple[Prepared | Pair, int]] = []
    for prepared in stories:
        share = shares.get(prepared.story.source, 0.0)
        if prepared.as_i:  # simple prose told as "I" is scarce: read it more often
            share *= 3
        times = int(share) + (rng.random() < share % 1)
        chosen += [(prepared, rng.getrandbits(48)) for _ in range(times)]
    for pair in pairs:
        times = int(shares.get("pairs", 0))
        chosen += [(pair, rng.getrandbits(48)) for _ in range(times)]
    rng.shuffle(chosen)
    return chosen


def reading_of(told: Prepared | Pair, seed: int) -> list[Message]:
    rng = random.Random(seed)
    return (
        pair_messages(told, rng) if isinstance(told, Pair) else messages_of(told, rng)
    )


def epoch_batches(
    stories: list[Prepared],
    pairs: list[Pair],
    tokenizer,
    recipe: Recipe,
    epoch: int,
    sources: tuple[tuple[str, float], ...],
) -> Iterator[list[Row]]:
    """The same batches each time for the same epoch: a run resumes exactly."""
    rng = random.Random(f"{recipe.seed} {epoch} {sources}")
    chosen = readings(stories, pairs, sources, rng)
    chunk = 4096  # packed a few thousand stories at a time, to start soon
    for start in range(0, len(chosen), chunk):
        documents = [
            document
            for told, seed in chosen[start : start + chunk]
            for document in documents_of(
                reading_of(told, seed),
                tokenizer,
                recipe,
                recipe.context if seed % 100 < 100 * recipe.long_share else recipe.row,
            )
        ]
        batches = []
        rows = packed(documents, recipe)
        for length in (recipe.row, recipe.context):
            same = [r for r in rows if r.length == length]
            rng.shuffle(same)
            size = max(1, recipe.batch_tokens // length)
            whole = len(same) - len(same) % size
            batches += [same[i : i + size] for i in range(0, whole, size)]
            if same and not whole:  # a tiny corpus fills no batch: repeat rows
                batches.append((same * size)[:size])
        rng.shuffle(batches)
        yield from batches
