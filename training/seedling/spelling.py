"""A vocabulary without tokens that are hardly ever read.

The merges of a tokenizer come from all of a corpus, with its own names; training reads
other names in their place, and old books seldom. Of 4,096 tokens some 500 were left
that all had nearly one embedding: " Marc" was " Osw" and "dith", so "Marcelline" became
"Janetelline", and no Oswin or Martha could be told from another. Spelled in smaller
pieces, which stand in many words, a name can be copied.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from training.seedling.batches import Library, epoch_readings, reading_of
from training.seedling.recipe import Recipe
from training.seedling.tokenizer import rendered

READ = 9000  # stories and scenes, to count by


def texts_read(library: Library, recipe: Recipe) -> Iterator[str]:
    """What a run reads, as often as it does."""
    told = epoch_readings(library, recipe, closing=False, epoch=0)
    for one, seed in random.Random(recipe.seed).sample(told, min(READ, len(told))):
        messages = reading_of(one, seed, library)
        yield from (text for text, _ in rendered(messages))


def per_million(tokenizer, texts: Iterable[str]) -> dict[int, float]:
    """How often each token id is read."""
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update(tokenizer.encode(text, add_special_tokens=False).ids)
    share = 1e6 / max(1, counts.total())
    return {token: count * share for token, count in counts.items()}


def pruned(tokenizer, read: Mapping[int, float], least: float, least_capital: float):
    """The same tokenizer without merges into tokens that are read too seldom.

    `read`: how often each token id is. Those rarer than `least` go, names and other
    capitalised words rarer than `least_capital`, unless a token that stays is put
    together from them. Ids stay what they were.
    """
    from tokenizers import Tokenizer

    state = json.loads(tokenizer.to_str())
    model = state["model"]
    parts = {left + right: (left, right) for left, right in model["merges"]}

    def enough(token: str) -> bool:
        word = token.removeprefix("\u0120")  # how a space is written
        capital = len(word) > 1 and word[0].isascii() and word[0].isupper()
        seen = read.get(model["vocab"][token], 0)
        return seen >= (least_capital if capital else least)

    kept: set[str] = set()
    waiting = [token for token in parts if enough(token)]
    while waiting:
        token = waiting.pop()
        if token in parts and token not in kept:
            kept.add(token)
            waiting += parts[token]
    model["merges"] = [pair for pair in model["merges"] if "".join(pair) in kept]
    return Tokenizer.from_str(json.dumps(state))


def well_read(tokenizer, library: Library, recipe: Recipe):
    """`tokenizer`, pruned by what a run with this library reads."""
    read = per_million(tokenizer, texts_read(library, recipe))
    return pruned(tokenizer, read, recipe.least_read, recipe.least_read_capital)
