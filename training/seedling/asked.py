"""What may be asked of a story, with nothing told: what a voice must not unlearn.

python -m training.seedling.asked > training/engine/local/asked.jsonl
"""

import json
import random
from typing import Any

from training.seedling.reading.draw import prompt_of
from training.seedling.reading.headers import HeldOut
from training.seedling.scenes import scene_messages

COUNT = 128


def asked(rng: random.Random) -> dict[str, Any]:
    """The messages before a first passage, and what its engine is told beside them."""
    system, ask = scene_messages((), rng)[:2]
    lines = [line for line in system["content"].splitlines() if ": " in line]
    header = HeldOut("", dict(line.split(": ", 1) for line in lines), [])
    prompt = prompt_of((system, ask), header)
    return {
        "header": system["content"],
        "ask": ask["content"],
        "names": prompt.names,
        "wanted": prompt.wanted,
        "places": prompt.places,
    }


def main() -> None:
    rng = random.Random("asked")
    for _ in range(COUNT):
        print(json.dumps(asked(rng), ensure_ascii=False))


if __name__ == "__main__":
    main()
