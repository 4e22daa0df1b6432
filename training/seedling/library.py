"""What a run reads, and the tokenizer it reads with, each made once and kept."""

import random
from collections.abc import Iterator
from pathlib import Path

from training.seedling.batches import Library
from training.seedling.casts import lives_of
from training.seedling.corpus import is_held_out
from training.seedling.documents import messages_of
from training.seedling.pairs import listed, read_pairs
from training.seedling.prepare import Prepared, prepare_corpus
from training.seedling.recipe import Recipe
from training.seedling.spelling import well_read
from training.seedling.tokenizer import rendered, train_tokenizer


def open_stories(corpus: str | None, workshop: Path, recipe: Recipe) -> list[Prepared]:
    """Raises CorpusMissing where nothing was kept from an earlier run either."""
    names = [name for name, _ in recipe.sources if name != "pairs"]
    return prepare_corpus(corpus, names, workshop / "prepared.jsonl.gz")


def without_held_out(
    stories: list[Prepared], recipe: Recipe
) -> tuple[list[Prepared], list[Prepared]]:
    """Those that are read, and those that no run ever reads."""
    one_in = recipe.held_out_one_in
    read = [story for story in stories if not is_held_out(story.key, one_in)]
    return read, [story for story in stories if is_held_out(story.key, one_in)]


def open_library(corpus: str | None, recipe: Recipe, workshop: Path) -> Library:
    stories = open_stories(corpus, workshop, recipe)
    pairs = read_pairs()
    nouns = {thing for story in stories for thing in story.labels.things}
    noted = [line for p in pairs for line in listed(p.header.get("Experience"))]
    return Library(stories, pairs, lives_of(stories, noted, nouns))


def tokenizer_texts(stories: list[Prepared], seed: int) -> Iterator[str]:
    """Rendered readings, so that field names cost few tokens.

    The names are the corpus's own: the unusual ones must stay several tokens long,
    or the model would learn them by heart instead of copying.
    """
    for number, prepared in enumerate(stories):
        rng = random.Random(f"{seed} {number}")
        messages = messages_of(prepared, rng, keep_names=1.0)
        yield from (
            text.split("|>", 1)[-1].removesuffix("<|end|>")
            for text, _ in rendered(messages)
        )


def open_tokenizer(
    library: Library,
    recipe: Recipe,
    workshop: Path,
    start: Path | None = None,
    respell: bool = False,
):
    """That of the weights in `start`, if the run goes on from some; with `respell`
    what it hardly ever reads is spelled in pieces from now on."""
    from tokenizers import Tokenizer

    if start:
        known = Tokenizer.from_file(str(start / "tokenizer.json"))
        return well_read(known, library, recipe) if respell else known
    path = workshop / "tokenizer.json"
    if not path.exists():
        texts = tokenizer_texts(library.stories, recipe.seed)
        tokenizer = train_tokenizer(texts, recipe.vocabulary)
        well_read(tokenizer, library, recipe).save(str(path))
    return Tokenizer.from_file(str(path))
