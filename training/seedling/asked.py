"""What may be asked of a story, with nothing told: what a voice must not unlearn.

python -m training.seedling.asked > training/engine/local/asked.jsonl
"""

import json
import random
from typing import Any

from training.engine.words import told_words
from training.seedling.scenes import scene_messages

COUNT = 128
WANTED = 6  # as stories.prompts has it


def asked(rng: random.Random) -> dict[str, Any]:
    """The messages before a first passage, and what its engine is told beside them."""
    system, ask = scene_messages((), rng)[:2]
    fields = dict(
        line.split(": ", 1) for line in system["content"].splitlines() if ": " in line
    )
    names, things, places = (
        [each for each in fields.get(field, "").split(", ") if each]
        for field in ("Names", "Things", "Places")
    )
    told = told_words(fields.get("Experience", ""))[:WANTED]
    return {
        "header": system["content"],
        "ask": ask["content"],
        "names": names,
        "wanted": [*names, *things, *told],
        "places": places,
    }


def main() -> None:
    rng = random.Random("asked")
    for _ in range(COUNT):
        print(json.dumps(asked(rng), ensure_ascii=False))


if __name__ == "__main__":
    main()
