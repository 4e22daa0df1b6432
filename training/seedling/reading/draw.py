"""Ask the engine for passages as the editor does: same messages, same sampling."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from training.engine import AdapterRef, Engine, Prompt, Sampling
from training.engine.base import Piece
from training.engine.guide import open_guide
from training.engine.regulator import Regulated, Target
from training.engine.regulator.gates import Gates
from training.engine.words import told_words
from training.seedling.documents import Message
from training.seedling.reading.headers import HeldOut, Passage, Story, messages_for

WANTED = 6  # words of an experience, as stories.prompts has it
# Tokens a passage may have, as stories.writing has it.
TOKENS = {"short": 80, "medium": 160, "long": 320}


@dataclass(frozen=True)
class Drawing:
    """How passages are drawn: by default as for a person who left it balanced."""

    seed: int = 7
    temperature: float = 0.5
    top_p: float = 0.9
    helped: bool = True  # the engine is told names and words, as by the editor
    regulated: bool = False  # chosen among candidates, as where a tone is asked for
    voices: tuple[AdapterRef, ...] = ()

    def sampling(self, held_out: HeldOut, number: int, turn: int) -> Sampling:
        return Sampling(
            max_tokens=TOKENS[held_out.asks[turn]["Length"]],
            temperature=self.temperature,
            top_p=self.top_p,
            seed=self.seed * 1_000_003 + number * 10 + turn,
        )


def prompt_of(
    messages: Sequence[Message], held_out: HeldOut | None = None, told: str = ""
) -> Prompt:
    """With `held_out`, the engine is told its names and what is not yet `told`."""
    names, wanted, places = [], [], []
    if held_out:
        places = held_out.listed("Places")
        names = held_out.listed("Names")
        wanted = [*held_out.listed("Names"), *held_out.listed("Things")]
        wanted += told_words(held_out.header.get("Experience", ""))[:WANTED]
        wanted = [word for word in wanted if word.lower() not in told.lower()]
    return Prompt(tuple(messages), tuple(names), tuple(wanted), tuple(places))  # type: ignore[arg-type]


def regulated(
    engine: Engine,
    prompt: Prompt,
    sampling: Sampling,
    ask: dict,
    before: str,
    voices: Sequence[AdapterRef] = (),
) -> Iterator[Piece]:
    gates = Gates(before, prompt.names, ending=ask["Part"] == "ending")
    target = Target(ask["Tone"])
    return Regulated(
        engine,
        open_guide(),
        prompt,
        sampling,
        target=target,
        gates=gates,
        adapters=voices,
    ).pieces()


def passage(pieces: Iterable[Piece]) -> Passage:
    text, finish = "", None
    for piece in pieces:
        text += piece.text
        finish = piece.finish
    return Passage(text.strip(), finish == "end")


def tell(engine: Engine, held_out: HeldOut, number: int, drawing: Drawing) -> Story:
    """One story: each ask after the passages before it."""
    told: list[Passage] = []
    for turn in range(len(held_out.asks)):
        before = " ".join(passage.text for passage in told)
        helped = held_out if drawing.helped else None
        prompt = prompt_of(messages_for(held_out, told), helped, before)
        sampling = drawing.sampling(held_out, number, turn)
        pieces = (
            regulated(
                engine, prompt, sampling, held_out.asks[turn], before, drawing.voices
            )
            if drawing.regulated
            else engine.generate(prompt, sampling, drawing.voices)
        )
        told.append(passage(pieces))
    return Story(held_out, told)


def tell_all(
    engine: Engine,
    headers: list[HeldOut],
    drawing: Drawing,
    at_once: int = 12,
    say: Callable[[str], None] = lambda line: None,
) -> list[Story]:
    """All stories, `at_once` of them side by side in the engine's batch."""

    def one(number: int) -> Story:
        if number and number % 50 == 0:
            say(f"{number} of {len(headers)} stories begun")
        return tell(engine, headers[number], number, drawing)

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, range(len(headers))))
