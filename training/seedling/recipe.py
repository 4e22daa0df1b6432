"""Every number of the recipe, in one place."""

import os
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE / "weights"
SCREEN_WORDS = HERE / "screen_words.txt"
HELD_OUT_HEADERS = HERE / "held_out_headers.jsonl"
WORKSHOP = HERE.parents[1] / "var" / "seedling"  # git-ignored: caches, checkpoints


class CorpusMissing(Exception):
    """There is no corpus to train on; the message says what to do."""


@dataclass(frozen=True)
class Recipe:
    seed: int = 7

    # the model: Llama shape, tied embeddings
    vocabulary: int = 4096
    width: int = 256
    layers: int = 5
    heads: int = 8
    key_value_heads: int = 4
    feed_forward: int = 640
    context: int = 1024

    # how often each source is read in one epoch (0.5: every second story)
    sources: tuple[tuple[str, float], ...] = (
        ("tinystories", 1.0),
        ("bookdash", 2.0),
        ("pratham_books", 2.0),
        ("african_storybook", 2.0),
        ("fables", 0.6),
        ("first_person", 0.35),
    )
    # sources of the last, cooling part of the run: the simple, kind register
    closing_sources: tuple[tuple[str, float], ...] = (
        ("tinystories", 1.0),
        ("bookdash", 2.0),
        ("pratham_books", 1.0),
        ("african_storybook", 1.0),
        ("fables", 0.1),
        ("first_person", 0.1),
        ("pairs", 16.0),  # written by hand
    )
    held_out_one_in: int = 50

    # the batch: most rows are short, some are as long as the context
    row: int = 512
    long_share: float = 0.2  # of the stories that are longer than a short row
    batch_tokens: int = 2560
    prompt_weight: float = 0.1  # loss on header and ask tokens

    # the optimiser: Muon for matrices, AdamW for the rest
    matrix_rate: float = 0.02
    other_rate: float = 0.003
    matrix_decay: float = 0.01
    momentum: float = 0.95
    clip: float = 1.0

    # warm-up, stable, decay: as parts of the whole run
    warm_up: float = 0.02
    decay: float = 0.30

    # the run ends by itself: by the clock, or after `steps` where that is set
    minutes: float = 85.0
    steps: int | None = None
    threads: int = 2
    compiled: bool = True
    checkpoint_minutes: float = 4.0
    export_minutes: float = 20.0
    read_every: int = 150  # steps between held-out readings


def corpus_folder(given: str | None) -> Path:
    """The folder with `stories/`, from the command line or the environment."""
    named = given or os.environ.get("STORYLOOM_CORPUS")
    if not named:
        raise CorpusMissing(
            "No corpus was given: use --corpus PATH or set STORYLOOM_CORPUS to the "
            "folder that holds stories/."
        )
    folder = Path(named)
    if (folder / "stories").is_dir():
        folder = folder / "stories"
    if not any(folder.glob("*.txt")):
        raise CorpusMissing(f"There are no story files (*.txt) in {folder}.")
    return folder
