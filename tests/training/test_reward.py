"""What a person would rather read is foreseen from few choices, and chosen for them."""

import random
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from stories.arcs.voice import speak
from tests.training.engines import WORDS, tiny_model, tiny_tokenizer
from training.engine import EchoEngine
from training.engine.base import AdapterError, AdapterRef, Liking, Prompt, Sampling
from training.engine.fitting import Fit, Preferred, Rated
from training.engine.guide import open_guide
from training.engine.local import process, reward
from training.engine.local.engine import LocalEngine, open_local
from training.engine.regulator import Layers, Regulated
from training.reports import findings

pytestmark = pytest.mark.usefixtures("one_thread")

WIDTH = 16


@pytest.fixture
def embeddings() -> torch.Tensor:
    """Of fifty words that a model tells apart, as models do: some ways far better."""
    torch.manual_seed(1)
    return torch.randn(50, WIDTH) * torch.logspace(0, -2, WIDTH) + 3


def texts(count: int, seed: int, likes: range) -> list[tuple[list[int], list[int]]]:
    """Choices for what holds more of some words, all else by chance."""
    dice = random.Random(seed)
    found = []
    for _ in range(count):
        plain = dice.choices(range(50), k=30)
        better = dice.choices(range(50), k=20) + dice.choices(likes, k=10)
        found.append((better, plain))
    return found


def right(known: reward.Reward, held: list[tuple[list[int], list[int]]]) -> float:
    return sum(known.of(a) > known.of(b) for a, b in held) / len(held)


def test_forty_choices_foresee_choices_never_seen(embeddings):
    liked = range(7)
    known = reward.learnt(embeddings, texts(40, 1, liked))
    assert known is not None
    assert right(known, texts(200, 2, liked)) >= 0.8


def test_thumbs_alone_foresee_them_too(embeddings):
    shown = texts(20, 1, range(7))
    up, down = [a for a, _ in shown], [b for _, b in shown]
    known = reward.learnt(embeddings, [], up, down)
    assert known is not None
    assert right(known, texts(200, 2, range(7))) >= 0.75
    assert reward.learnt(embeddings, [], up, []) is None


def test_choices_by_chance_teach_nothing(embeddings):
    dice = random.Random(4)
    by_chance = [
        tuple(dice.choices(range(50), k=30) for _ in range(2)) for _ in range(60)
    ]
    assert reward.learnt(embeddings, by_chance) is None
    up, down = [a for a, _ in by_chance], [b for _, b in by_chance]
    assert reward.learnt(embeddings, [], up, down) is None
    assert reward.learnt(embeddings, by_chance[:30], up[30:], down[30:]) is None


def test_thumbs_of_one_kind_say_nothing_and_do_no_harm(embeddings):
    shown = texts(40, 1, range(7))
    known = reward.learnt(embeddings, shown, [[1, 2, 3]])
    assert known is not None and right(known, texts(200, 2, range(7))) >= 0.8


def test_too_few_choices_teach_nothing(embeddings):
    shown = texts(reward.FEWEST, 1, range(7))
    assert reward.learnt(embeddings, shown) is not None
    assert reward.learnt(embeddings, shown[1:]) is None
    assert reward.learnt(embeddings, [*shown[1:], ([1, 2], [])]) is None
    assert reward.learnt(embeddings, shown[1:], [[1, 2]]) is None


def test_what_is_neither_liked_nor_disliked_is_worth_nothing(embeddings):
    known = reward.learnt(embeddings, texts(40, 1, range(7)))
    assert known is not None
    values = [known.of(text) for pair in texts(50, 3, range(7)) for text in pair]
    assert abs(sum(values) / len(values)) < 0.5
    assert known.of([0] * 30) == reward.MOST and known.of([]) == 0


def test_it_is_the_same_after_a_rest_on_the_disk(embeddings, tmp_path):
    known = reward.learnt(embeddings, texts(40, 1, range(7)))
    assert known is not None
    reward.save(tmp_path, known, "these weights")
    again = reward.read(tmp_path, embeddings, "these weights")
    assert again is not None
    assert again.of([1, 2, 3]) == known.of([1, 2, 3]) != 0
    assert (tmp_path / reward.REWARD).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("harm", ["other model", "other shape", "NaN", "torn", "large"])
def test_a_reward_that_cannot_be_used_says_so(harm, embeddings, tmp_path):
    known = reward.learnt(embeddings, texts(40, 1, range(7)))
    assert known is not None
    reward.save(tmp_path, known, "these weights")
    path, base = tmp_path / reward.REWARD, "these weights"
    whole, tensors = path.read_bytes(), load_file(path)
    if harm == "other model":
        base = "those weights"
    if harm == "other shape":
        embeddings = embeddings[:, 1:]
    if harm == "NaN":
        tensors[reward.DIRECTION][3] = float("nan")
        save_file(tensors, path, metadata={"storyloom_base": base})
    if harm == "torn":
        path.write_bytes(whole[:-20])
    if harm == "large":
        path.write_bytes(whole + b"\0" * reward.LARGEST)
    with pytest.raises(AdapterError):
        reward.read(tmp_path, embeddings, base)


def test_no_reward_is_no_fault(embeddings, tmp_path):
    assert reward.read(tmp_path, embeddings, "these weights") is None


def questions(count: int, seed: int) -> tuple[Preferred, ...]:
    """Someone who likes questions, whatever they are about."""
    dice = random.Random(seed)
    lines = [[" ".join(dice.choices(WORDS, k=4)) for _ in "ab"] for _ in range(count)]
    return tuple(Preferred("Once.", f"{a}?", f"{b}!") for a, b in lines)


@pytest.fixture
def fit(fit: Fit) -> Fit:
    return replace(fit, test_pairs=questions(30, seed=9))


def test_a_voice_fitted_with_choices_brings_its_reward_to_the_engine(fit, bard):
    report = list(process.run(replace(fit, pairs=questions(24, seed=1))))[-1].report
    assert report is not None
    assert report["gates"]["reward"]["accuracy"] >= 0.9
    ref = AdapterRef(f"{fit.folder}/adapter")
    with closing(open_local(str(bard), device="cpu", threads=1)) as engine:
        likes = engine.likes([ref])
        assert likes is not None
        assert likes("mara sang once?") > likes("mara sang once!")
        doubled = engine.likes([replace(ref, weight=0.5)])
        assert doubled is not None
        assert doubled("sang?") == pytest.approx(likes("sang?") / 2)
        assert engine.likes([]) is None


def test_thumbs_bring_one_as_well(fit):
    thumbs = [Rated("Once.", p.chosen, True) for p in questions(10, seed=1)]
    thumbs += [Rated("Once.", p.rejected, False) for p in questions(10, seed=1)]
    report = list(process.run(replace(fit, thumbs=tuple(thumbs))))[-1].report
    assert report is not None and report["gates"]["reward"]["accuracy"] >= 0.9


def test_a_voice_fitted_without_choices_has_none(fit, bard):
    report = list(process.run(fit))[-1].report
    assert report is not None and report["gates"]["reward"]["learnt"] is False
    adapter = Path(fit.folder) / "adapter"
    assert not (adapter / reward.REWARD).exists()
    with closing(open_local(str(bard), device="cpu", threads=1)) as engine:
        assert engine.likes([AdapterRef(str(adapter))]) is None


@pytest.mark.parametrize(
    "gate, said",
    [
        ({"learnt": False}, "too few"),
        ({"learnt": True, "pairs": 0}, "By this it chooses"),
        ({"learnt": True, "pairs": 25, "accuracy": 0.84}, "In 84 % of 25 choices"),
    ],
)
def test_its_writer_is_told_what_was_learnt(gate, said):
    [found] = findings({"gates": {"reward": {"passed": None} | gate}})
    assert said in found.said


def test_a_passage_without_a_tone_is_chosen_for_who_is_known_to_like_something():
    class Knowing(EchoEngine):
        def likes(self, adapters):
            return len if adapters else None

    ref = AdapterRef("folder")
    asked = {"engine": Knowing(), "prompt": PROMPT, "sampling": SAMPLING}
    assert speak(**asked, target=None, adapters=[ref]).likes is len
    assert speak(**asked, target=None) is None
    assert (
        speak(**asked | {"engine": EchoEngine()}, target=None, adapters=[ref]) is None
    )


def test_a_story_does_not_wait_for_a_damaged_reward(fit, bard):
    list(process.run(replace(fit, pairs=questions(24, seed=1))))
    adapter = Path(fit.folder) / "adapter"
    (adapter / reward.REWARD).write_bytes(b"nothing")
    with closing(open_local(str(bard), device="cpu", threads=1)) as engine:
        ref = AdapterRef(str(adapter))
        assert engine.likes([ref]) is None
        assert [*engine.generate(PROMPT, SAMPLING, [ref])][-1].finish


PROMPT = Prompt(({"role": "user", "content": "Write on."},))
SAMPLING = Sampling(max_tokens=40, temperature=1.0)


def test_among_candidates_the_one_is_told_that_this_person_likes_most():
    model, tokenizer = tiny_model("llama"), tiny_tokenizer()
    with closing(LocalEngine(model, tokenizer, name="")) as engine:
        many, few = ("".join(written(engine, sign) for _ in "ab") for sign in (1, -1))
    assert many.count("e") / len(many) > few.count("e") / len(few)


def test_a_reward_is_worth_drawing_candidates_for_where_no_tone_is_asked():
    model, tokenizer = tiny_model("llama"), tiny_tokenizer()
    with closing(LocalEngine(model, tokenizer, name="")) as engine:
        plain, chosen = regulated(engine, None), regulated(engine, lambda text: 0.0)
        for told in (plain, chosen):
            assert "".join(piece.text for piece in told.pieces()) == told.text != ""
    assert plain.outcome is not None and chosen.outcome is not None
    assert plain.outcome.candidates == 1 and chosen.outcome.candidates > 1
    assert chosen.outcome.met is None


def written(engine: LocalEngine, sign: int) -> str:
    """By somebody who likes the letter e, or does not; it outweighs all else."""
    told = regulated(engine, lambda t: 100 * sign * t.count("e") / max(1, len(t)))
    return "".join(piece.text for piece in told.pieces())


def regulated(engine: LocalEngine, likes: Liking | None) -> Regulated:
    layers = Layers(candidates=3)
    return Regulated(
        engine, open_guide(), PROMPT, SAMPLING, target=None, layers=layers, likes=likes
    )
