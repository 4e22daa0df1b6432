"""Ask the engine for passages as the editor does: same messages, same sampling."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from training.engine import Engine, Prompt, Sampling
from training.seedling.documents import Message
from training.seedling.reading.headers import HeldOut, Passage, Story, messages_for

# Tokens a passage may have, and how freely it is drawn, as stories.writing has them.
TOKENS = {"short": 80, "medium": 160, "long": 320}
TEMPERATURE, TOP_P = 0.8, 0.92


def prompt_of(messages: Sequence[Message]) -> Prompt:
    return Prompt(tuple(messages))  # type: ignore[arg-type]


def sampling_for(held_out: HeldOut, number: int, turn: int, seed: int) -> Sampling:
    return Sampling(
        max_tokens=TOKENS[held_out.asks[turn]["Length"]],
        temperature=TEMPERATURE,
        top_p=TOP_P,
        seed=seed * 1_000_003 + number * 10 + turn,
    )


def passage(engine: Engine, prompt: Prompt, sampling: Sampling) -> Passage:
    text, finish = "", None
    for piece in engine.generate(prompt, sampling):
        text += piece.text
        finish = piece.finish
    return Passage(text.strip(), finish == "end")


def tell(engine: Engine, held_out: HeldOut, number: int, seed: int) -> Story:
    """One story: each ask after the passages before it."""
    told: list[Passage] = []
    for turn in range(len(held_out.asks)):
        prompt = prompt_of(messages_for(held_out, told))
        told.append(passage(engine, prompt, sampling_for(held_out, number, turn, seed)))
    return Story(held_out, told)


def tell_all(
    engine: Engine,
    headers: list[HeldOut],
    seed: int,
    at_once: int = 12,
    say: Callable[[str], None] = lambda line: None,
) -> list[Story]:
    """All stories, `at_once` of them side by side in the engine's batch."""

    def one(number: int) -> Story:
        if number and number % 50 == 0:
            say(f"{number} of {len(headers)} stories begun")
        return tell(engine, headers[number], number, seed)

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, range(len(headers))))
