"""Every number of the recipe, in one place."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE / "weights"
SCREEN_WORDS = HERE / "screen_words.txt"
HELD_OUT_HEADERS = HERE / "held_out_headers.jsonl"
WORKSHOP = HERE.parents[1] / "var" / "seedling"  # git-ignored: caches, checkpoints


class CorpusMissing(Exception):
    """There is no corpus to train on; the message says what to do."""


Shares = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Recipe:
    seed: int = 7

    # the model: Llama shape, tied embeddings
    vocabulary: int = 4096
    least_read: float = 14.0  # times in a million; rarer tokens are spelled in pieces
    least_read_capital: float = 53.0  # the same of names: each is best spelled alike
    width: int = 256
    layers: int = 8
    heads: int = 8
    key_value_heads: int = 4
    feed_forward: int = 896
    context: int = 1024
    dropout: float = 0.0

    # how often each source is read in one epoch (0.5: every second story)
    sources: Shares = (
        ("tinystories", 1.0),
        ("bookdash", 3.0),
        ("pratham_books", 2.0),
        ("african_storybook", 2.0),
        ("fables", 0.6),
        ("first_person", 0.5),
        ("classic_children", 0.1),
        ("pairs", 2.0),  # written by hand
    )
    scenes: int = 4200  # told from plots, in one epoch
    # the last, cooling part of the run: the simple, kind register
    closing_sources: Shares = (
        ("tinystories", 0.45),
        ("bookdash", 3.0),
        ("pratham_books", 1.0),
        ("african_storybook", 1.0),
        ("fables", 0.1),
        ("first_person", 0.15),
        ("pairs", 1.0),
    )
    closing_scenes: int = 4700
    closing_pairs: tuple[str, ...] = ("poem", "script")  # forms that few plots have
    held_out_one_in: int = 50

    # the batch: most rows are short, some are as long as the context
    row: int = 512
    long_share: float = 0.15  # of the stories that are longer than a short row
    batch_tokens: int = 2560
    prompt_weight: float = 0.1  # loss on header and ask tokens

    # the optimiser: Muon for matrices, AdamW for the rest (or for all)
    optimizer: str = "muon"
    matrix_rate: float = 0.02
    other_rate: float = 0.003
    matrix_decay: float = 0.01
    momentum: float = 0.95
    clip: float = 1.0
    taught: float = 0.0  # share of the loss that follows a teacher, if there is one

    # warm-up, stable, decay: as parts of the whole run
    warm_up: float = 0.02
    decay: float = 0.35

    # the run ends by itself: by the clock, or after `steps` where that is set
    minutes: float = 85.0
    steps: int | None = None
    device: str = "cpu"
    workers: int = 0  # processes that render stories; 0: this one does
    threads: int = 2
    compiled: bool = True
    checkpoint_minutes: float = 4.0
    export_minutes: float = 20.0
    read_every: int = 150  # steps between held-out readings

    def on_gpu(self) -> "Recipe":
        """The same run where tokens are cheap: every story, rendered beside it.

        A step is a graph of its own there, so many small steps cost little; they
        teach more than few large ones. More is forgotten on purpose, for each story
        is read a hundred times.
        """
        sources = (
            ("tinystories", 1.0),
            ("bookdash", 3.0),
            ("pratham_books", 1.5),
            ("african_storybook", 1.5),
            ("fables", 0.3),
            ("first_person", 0.35),
            ("classic_children", 0.04),
            ("pairs", 1.0),
        )
        return replace(
            self,
            device="cuda",
            batch_tokens=8192,
            workers=max(1, (os.cpu_count() or 2) - 4),
            closing_sources=sources,
            closing_scenes=3250,  # under 30 % of what is told; a CPU run may have 60 %
            matrix_decay=0.03,
            dropout=0.05,
            read_every=4000,
            export_minutes=2.0,
        )

    def finish(self) -> "Recipe":
        """A short last run from given weights: closing sources, a falling rate.

        Nothing new is to be learnt of language; what the header asks for is.
        """
        return replace(
            self,
            seed=self.seed + 2,
            sources=self.closing_sources,
            scenes=self.closing_scenes,
            matrix_rate=0.5 * self.matrix_rate,
            other_rate=0.5 * self.other_rate,
            batch_tokens=max(4096, self.batch_tokens),
            warm_up=0.03,
            decay=0.97,
        )

    def at_rate(self, matrix_rate: float) -> "Recipe":
        """Everything faster or slower, in the same proportion."""
        other_rate = self.other_rate * matrix_rate / self.matrix_rate
        return replace(self, matrix_rate=matrix_rate, other_rate=other_rate)

    def teacher(self, minutes: float) -> "Recipe":
        """A larger model of the same kind, which may forget what it reads."""
        return replace(
            self,
            seed=self.seed + 1,
            width=512,
            feed_forward=1408,
            dropout=0.15,
            taught=0.0,
            minutes=minutes,
        )


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
