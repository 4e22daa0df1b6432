"""Readings of stories as packed rows of tokens.

Several stories share a row, and none sees another: attention is cut between
documents and positions start again, so a story is read as it will be written,
from an empty page.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from training.seedling.casts import Life
from training.seedling.documents import Message, messages_of
from training.seedling.pairs import Pair, pair_messages
from training.seedling.prepare import Prepared
from training.seedling.recipe import Recipe, Shares
from training.seedling.scenes import scene_messages
from training.seedling.sequels import begun_messages
from training.seedling.tokenizer import rendered

CHUNK = 4096  # stories packed together, and the unit of work of one process
Batch = dict[str, np.ndarray]


@dataclass
class Library:
    """Everything a run may read."""

    stories: list[Prepared]
    pairs: list[Pair] = field(default_factory=list)
    lives: Sequence[Life] = ()


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


def arrays_of(row: Row) -> Batch:
    """Inputs, targets, their weights, positions, and which document each is in."""
    size = row.length
    ids = np.zeros(size, np.int16)
    targets = np.zeros(size, np.int16)
    weights = np.zeros(size, np.float16)
    positions = np.zeros(size, np.int16)
    document = np.full(size, -1, np.int16)
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


def stacked(rows: list[Row]) -> Batch:
    arrays = [arrays_of(row) for row in rows]
    return {name: np.stack([a[name] for a in arrays]) for name in arrays[0]}


BEGUN = 0.2  # of the scenes begin in the words of a real story
Told = Prepared | Pair | None  # None: a scene, put together anew


def readings(
    library: Library, shares: Shares, scenes: int, rng: random.Random
) -> list[tuple[Told, int]]:
    """What one epoch reads, in order, each with the seed of its reading."""
    often = dict(shares)
    chosen: list[tuple[Told, int]] = []
    for prepared in library.stories:
        share = often.get(prepared.source, 0.0) * prepared.rarity
        times = int(share) + (rng.random() < share % 1)
        chosen += [(prepared, rng.getrandbits(48)) for _ in range(times)]
    for pair in library.pairs:
        share = often.get("pairs", 0.0)
        times = int(share) + (rng.random() < share % 1)
        chosen += [(pair, rng.getrandbits(48)) for _ in range(times)]
    chosen += [(None, rng.getrandbits(48)) for _ in range(scenes)]
    rng.shuffle(chosen)
    return chosen


def reading_of(told: Told, seed: int, library: Library) -> list[Message]:
    rng = random.Random(seed)
    if told is None:
        goes_on = begun_messages(library.stories, rng) if rng.random() < BEGUN else []
        return goes_on or scene_messages(library.lives, rng)
    return (
        pair_messages(told, rng) if isinstance(told, Pair) else messages_of(told, rng)
    )


def epoch_readings(
    library: Library, recipe: Recipe, closing: bool, epoch: int
) -> list[tuple[Told, int]]:
    shares = recipe.closing_sources if closing else recipe.sources
    scenes = recipe.closing_scenes if closing else recipe.scenes
    if closing:
        kept = [p for p in library.pairs if p.header["Form"] in recipe.closing_pairs]
        library = replace(library, pairs=kept)
    rng = random.Random(f"{recipe.seed} {epoch} {closing}")
    return readings(library, shares, scenes, rng)


def chunks_in(library: Library, recipe: Recipe, closing: bool, epoch: int) -> int:
    return -(-len(epoch_readings(library, recipe, closing, epoch)) // CHUNK)


def limit_of(told: Told, seed: int, recipe: Recipe) -> int:
    """Where a story is cut, in tokens. A scene is whole: few are long, and those are
    there to be."""
    whole = told is None or seed % 100 < 100 * recipe.long_share
    return recipe.context if whole else recipe.row


def chunk_batches(
    library: Library, tokenizer, recipe: Recipe, closing: bool, epoch: int, chunk: int
) -> list[Batch]:
    """The batches of one part of an epoch.

    The same each time for the same numbers, so a run resumes exactly.
    """
    chosen = epoch_readings(library, recipe, closing, epoch)
    chosen = chosen[CHUNK * chunk : CHUNK * (chunk + 1)]
    rng = random.Random(f"{recipe.seed} {epoch} {closing} {chunk}")
    documents = [
        document
        for told, seed in chosen
        for document in documents_of(
            reading_of(told, seed, library),
            tokenizer,
            recipe,
            limit_of(told, seed, recipe),
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
        if same and not whole:  # few stories fill no batch: repeat rows
            batches.append((same * size)[:size])
    rng.shuffle(batches)
    return [stacked(batch) for batch in batches]
