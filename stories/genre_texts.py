"""What a shared story adapter learns from: the corpus, asked for as in the editor."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from stories.prompts.path import ask_lines, length_of
from training.engine.cutting import passages_of
from training.engine.fitting import Told
from training.learning.genre import Plan, Texts
from training.seedling.corpus import is_held_out, read_source

#: By name: the files of the corpus, and what the card says of them.
SOURCES = {
    "fable": {
        "fables": "moral fables by open models, from KlusAI TinyFabulist (MIT, "
        "Copyright 2025 KlusAI Labs)",
    },
    "diary": {
        "first_person": "passages of public-domain memoirs and letter novels told by "
        "an I (public domain in the USA)",
    },
    "prose": {
        "first_person": "passages of public-domain memoirs and letter novels told by "
        "an I (public domain in the USA)",
        "classic_children": "passages of public-domain children's books, 1865 to 1928 "
        "(public domain in the USA)",
    },
}
#: By name, where it is more than the usual: older prose, in which a person's voice may
#: begin.
PLANS = {
    "prose": Plan(tokens=800_000, rank=16, pace=1.0, epochs=1.0, own_words=320),
}
#: One story in so many stops the learning; a share of the tokens is tested on, and
#: never more than so many: a look at them takes time.
VALID_ONE_IN, HELD_SHARE, HELD_MOST = 20, 0.1, 20_000


def texts_of(
    folder: Path, sources: Sequence[str], count: Callable[[str], int], tokens: int
) -> Texts:
    """About `tokens` tokens of stories to learn, and others to stop by and test on.

    Every source has the same share. What no seedling ever read is what is tested on:
    by the hash of a story alone.
    """
    parts: dict[str, list[Told]] = {"train": [], "valid": [], "test": []}
    for source in sources:
        room = tokens / len(sources)
        held = min(tokens * HELD_SHARE, HELD_MOST) / len(sources)
        rooms = {"train": room, "valid": held, "test": held}
        by_hash = {story.key: story.text for story in read_source(folder, source)}
        for key in sorted(by_hash):
            part = "test" if is_held_out(key) else "valid" if is_valid(key) else "train"
            if rooms[part] > 0:
                passages = list(told_of(key, by_hash[key]))
                rooms[part] -= sum(count(each.text) for each in passages)
                parts[part] += passages
    return Texts(**parts)


def is_valid(key: str) -> bool:
    return int(key[12:16], 16) % VALID_ONE_IN == 0


def told_of(key: str, text: str) -> Iterator[Told]:
    """The passages of a story, each with what the editor would ask for it."""
    passages = passages_of(text)
    for number, passage in enumerate(passages):
        last = number == len(passages) - 1
        part = "opening" if number == 0 else "ending" if last else "middle"
        ask = ask_lines(part=part, tone="", length=length_of(passage))
        yield Told(passage, key, ask)
