"""How well plots are told: the model's own openings, held to what plots can say.

python -m training.seedling.reading.follow --weights FOLDER --n 200

Needs no corpus. A line that must be told and is not, or comes twice, counts as leaving
the plot, so a reader is kinder; it is for comparing weights that read the same plots.
"""

import argparse
import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from training.engine import Engine, Message, Prompt, Sampling, open_engine
from training.seedling.following import left
from training.seedling.recipe import WEIGHTS
from training.seedling.scenes import Scene, a_scene

AT_ONCE = 32
MOST_TOKENS = 300


def told(engine: Engine, scene: Scene, seed: int, temperature: float) -> str:
    """Its opening as the model tells it, without the engine's help."""
    greeting: Message = {"role": "assistant", "content": scene.greeting.rstrip(" ")}
    asked = scene.messages()[:2]
    prompt = Prompt(tuple([*asked, greeting] if scene.greeting else asked))
    sampling = Sampling(
        max_tokens=MOST_TOKENS,
        temperature=temperature,
        top_p=0.9,
        seed=seed,
        repetition_penalty=0.0,
    )
    pieces = engine.generate(prompt, sampling)
    return greeting["content"] + "".join(piece.text for piece in pieces).rstrip()


def followed(scene: Scene, text: str) -> float:
    """The share of an opening that was told before the plot was left; 1: all."""
    found = left(scene, 0, text)
    return min(1.0, len(found.right) / len(scene.texts[0])) if found else 1.0


def measure(engine: Engine, n: int, temperature: float, seed: int = 99) -> list[float]:
    """`followed` for each of `n` openings."""
    rng = random.Random(seed)
    scenes = [a_scene((), rng) for _ in range(n)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        texts = pool.map(lambda at: told(engine, scenes[at], at, temperature), range(n))
        return [followed(*one) for one in zip(scenes, texts, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--temperature", type=float, default=0.35)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    engine = open_engine(
        str(options.weights),
        device="cpu",
        threads=options.threads,
        max_batch=AT_ONCE,
    )
    with closing(engine):
        shares = measure(engine, options.n, options.temperature)
    print(f"told to the end as a plot: {sum(s == 1 for s in shares) / len(shares):.3f}")
    print(f"of the text, before the plot was left: {sum(shares) / len(shares):.3f}")


if __name__ == "__main__":
    main()
