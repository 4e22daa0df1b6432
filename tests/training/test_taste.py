"""What a person prefers is learnt from pairs, and held-out pairs show it."""

import random
from dataclasses import replace

import pytest

from tests.training.engines import WORDS, tiny_tokenizer
from training.engine.fitting import Fit, Preferred
from training.engine.local import process
from training.engine.local.chat import Chat
from training.engine.local.dataset import pair_of
from training.engine.local.gates import taste

pytestmark = pytest.mark.usefixtures("one_thread")


def pairs(count: int, seed: int) -> tuple[Preferred, ...]:
    """Someone who likes questions, whatever they are about."""
    dice = random.Random(seed)

    lines = [" ".join(dice.choices(WORDS, k=4)) for _ in range(count)]
    return tuple(
        Preferred("Once.", f"{line}?", f"{line}!", "Tone: sad") for line in lines
    )


def test_a_preference_is_learnt_and_shows_on_pairs_never_seen(fit: Fit) -> None:
    fit = replace(fit, pairs=pairs(40, seed=1), test_pairs=pairs(30, seed=9))
    plain = replace(fit, pairs=(), folder=f"{fit.folder} plain")
    *_, without = process.run(plain)
    steps = list(process.run(fit))
    stages = [progress.stage for progress in steps]
    assert stages.index("voice") < stages.index("taste") < stages.index("checking")
    assert steps[-1].report is not None and without.report is not None
    before, after = (
        each.report["gates"]["pairs"]["accuracy"] for each in (without, steps[-1])
    )
    assert after >= 0.9 and after > before
    assert steps[-1].report["gates"]["better"]["passed"]


def test_both_answers_follow_the_same_prompt() -> None:
    chat = Chat(tiny_tokenizer())
    each = Preferred("Once upon a time.", "Mara sang.", "Tobi.", "Tone: sad")
    chosen, rejected = pair_of(chat, each, 128)
    start = chosen.told.index(True)
    assert chosen.ids[:start] == rejected.ids[:start]
    text = tiny_tokenizer().decode(chosen.ids)
    assert "Once upon a time." in text and text.endswith("Mara sang.<|end|>")
    assert not any(chosen.told[:start]) and all(chosen.told[start:])


def test_a_long_context_leaves_room_for_the_answer() -> None:
    chat = Chat(tiny_tokenizer())
    each = Preferred("river " * 300, "Mara sang.", "Tobi.")
    chosen, rejected = pair_of(chat, each, 64)
    assert len(chosen.ids) <= 64 and chosen.learnt > rejected.learnt > 2


def test_few_pairs_are_shown_and_not_judged() -> None:
    assert taste([1.0] * 19)["passed"] is None
    assert taste([1.0] * 11 + [-1.0] * 9)["passed"] is True
    assert taste([1.0] * 10 + [-1.0] * 10)["passed"] is False
    assert taste([]) == {"passed": None, "pairs": 0}
