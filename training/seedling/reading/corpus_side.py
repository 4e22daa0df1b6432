"""What is made from the corpus: the filter and references that ship, held-out bits."""

import json
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.seedling.corpus import read_source
from training.seedling.library import open_stories, without_held_out
from training.seedling.pairs import read_pairs
from training.seedling.prepare import Prepared
from training.seedling.reading.copied import FILTER, Known, longest_known, words_of
from training.seedling.reading.figures import Figure
from training.seedling.reading.prose import HUMAN, long_enough, reference_of
from training.seedling.recipe import WORKSHOP, CorpusMissing, Recipe, corpus_folder

BY_PEOPLE = ("bookdash", "pratham_books", "african_storybook", "first_person")
NEVER_READ = "fairytales"  # people's stories that are no source of the recipe
SOURCES = ("tinystories", "first_person")


@dataclass
class Corpus:
    folder: Path
    trained: list[Prepared]
    held_out: list[Prepared]


def open_corpus(given: str | None, workshop: Path = WORKSHOP) -> Corpus:
    """As training splits it. Raises CorpusMissing."""
    folder = corpus_folder(given)
    recipe = Recipe()
    stories = open_stories(given, workshop, recipe)
    trained, held_out = without_held_out(stories, recipe)
    return Corpus(folder, trained, held_out)


def trained_texts(corpus: Corpus) -> list[str]:
    """What training reads beside plots: stories, also as "I", and pairs."""
    texts = [prepared.text for prepared in corpus.trained]
    texts += [
        "\n\n".join(piece.as_i for piece in prepared.pieces)
        for prepared in corpus.trained
        if prepared.told_as_i
    ]
    return texts + ["\n\n".join(pair.paragraphs) for pair in read_pairs()]


def human_texts(corpus: Corpus, never_read: int = 260) -> list[str]:
    held = [p.text for p in corpus.held_out if p.source in BY_PEOPLE]
    tales = [story.text for story in read_source(corpus.folder, NEVER_READ)]
    random.Random(7).shuffle(tales)
    return long_enough(held + tales[:never_read])


def build(corpus: Corpus, say: Callable[[str], None], folder: Path | None = None):
    """Write the filter and the reference figures that ship."""
    filter_path = folder / FILTER.name if folder else FILTER
    known = Known.of(trained_texts(corpus))
    known.save(filter_path)
    size = filter_path.stat().st_size / 2**20
    say(
        f"{filter_path.name}: {known.entries:,} runs in {size:.1f} MiB, "
        f"{known.mistaken():.2%} false hits"
    )
    tiny = [p.text for p in corpus.held_out if p.source == "tinystories"]
    reference = reference_of(human_texts(corpus), long_enough(tiny))
    reference["longest_run"] = runs_among(tiny, known)
    path = folder / HUMAN.name if folder else HUMAN
    path.write_text(json.dumps(reference, indent=1) + "\n", encoding="utf-8")
    say(f"{path.name}: {reference['distinct_3']}")


def runs_among(texts: list[str], known: Known, words: int = 160) -> dict:
    """What new stories of this kind share with training by their nature."""
    found = [
        len(words_of(longest_known(" ".join(text.split(" ")[:words]), known)))
        for text in texts
    ]
    return {
        "made": f"words; the first {words} words of held-out tinystories",
        "median": round(float(np.percentile(found, 50)), 1),
        "99th": round(float(np.percentile(found, 99)), 1),
    }


def measure(weights: Path, given: str | None) -> list[Figure]:
    """Bits per byte of held-out stories, read as the training log reads them."""
    names = [f"held-out bits per byte, {source}" for source in SOURCES]
    try:
        corpus = open_corpus(given)
    except CorpusMissing as missing:
        return [Figure(name, None, note=str(missing)) for name in names]
    return [
        Figure(name, bits_per_byte(weights, corpus.held_out, source))
        for name, source in zip(names, SOURCES, strict=True)
    ]


def bits_per_byte(weights: Path, held_out: list[Prepared], source: str) -> float | None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from training.seedling.held_out import (
        held_out_batches,
        held_out_readings,
        read_held_out,
    )

    model = AutoModelForCausalLM.from_pretrained(weights).float().eval()
    tokenizer = AutoTokenizer.from_pretrained(weights).backend_tokenizer
    readings = held_out_readings(held_out, source)
    batches, bytes_per_token = held_out_batches(readings, tokenizer, Recipe())
    if not batches:
        return None
    return read_held_out(model, batches) / math.log(2) / bytes_per_token
