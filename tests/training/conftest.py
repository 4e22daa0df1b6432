"""A tiny real model for the learning tests, and a person with something to learn."""

import copy
import random
import shutil
from dataclasses import replace

import pytest
import torch

from tests.training.engines import WORDS, save_tiny
from training import voices
from training.engine.cutting import passages_of
from training.engine.fitting import Fit, Recipe, Told
from training.learning import run as learning
from training.learning.apart import follow

RECIPE = Recipe(
    rank=4, rate=5e-3, window=128, step_tokens=256, taste_rate=5e-3, taste_epochs=6
)


@pytest.fixture(scope="module")
def one_thread():
    """Side by side, small models are quicker on one thread each."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def bard(tmp_path_factory):
    return save_tiny(tmp_path_factory.mktemp("bard") / "bard")


@pytest.fixture
def fit(bard, tmp_path):
    """A small fit of a voice; what it is about, the test adds."""
    dice = random.Random(2)
    told = [Told(" ".join(dice.choices(WORDS, k=20)), f"d{n}") for n in range(30)]
    return Fit(
        model=str(bard),
        folder=str(tmp_path / "fit"),
        cache=str(tmp_path / "cache"),
        train=tuple(told[:20]),
        valid=tuple(told[20:24]),
        test=tuple(told[24:]),
        recipe=RECIPE,
        device="cpu",
        own_words=4,
        samples=False,
    )


@pytest.fixture
def tiny(bard, settings, tmp_path, monkeypatch):
    """The product with a tiny model, and its files in a folder of the test's own."""
    settings.STORYLOOM_MODEL = str(bard)
    settings.STORYLOOM_DEVICE = "cpu"
    settings.STORYLOOM_THREADS = 1
    settings.VAR = tmp_path
    settings.VOICE_WORDS = 100
    monkeypatch.setattr(learning, "job", quick(learning.job))
    yield settings
    learning.ending.clear()


def quick(job):
    """A random model's samples are noise, and their style would be judged by chance."""

    def made(*args):
        recipe = Recipe(rank=4, rate=5e-3, epochs=12, window=128, step_tokens=256)
        return replace(job(*args), recipe=recipe, own_words=4, samples=False)

    return made


@pytest.fixture(scope="session")
def fitted(bard, texts, tmp_path_factory):
    """One fit by a real process: its folder and its last words."""
    told = [Told(text) for text in passages_of(texts.decode())]
    folder = tmp_path_factory.mktemp("fitted")
    fit = Fit(
        model=str(bard),
        folder=str(folder),
        cache=str(folder / "cache"),
        train=tuple(told[:18]),
        valid=tuple(told[18:20]),
        test=tuple(told[20:]),
        device="cpu",
        own_words=4,
    )
    *_, done = follow(fit)
    done.report["passed"] = True  # whatever chance made of a random model's style
    return folder / "adapter", done


@pytest.fixture
def at_once(fitted, monkeypatch):
    """Fits that were done before, for tests of what comes after."""
    adapter, done = fitted

    def follow_at_once(fit):
        shutil.copytree(adapter, f"{fit.folder}/adapter")
        yield copy.deepcopy(done)

    monkeypatch.setattr(learning, "follow", follow_at_once)


@pytest.fixture(scope="session")
def texts():
    """Many passages that a tiny model can learn."""
    dice = random.Random(1)
    words = ["".join(dice.choices("abcdeimorst", k=4)) for _ in range(40)]
    passages = (
        f"Mara {' '.join(dice.choices(words, k=40))} to the river." for _ in range(50)
    )
    return "\n\n".join(passages).encode()


@pytest.fixture
def willing(wren, texts, tiny):
    """wren, who said yes and brought a text."""
    voices.let_learn(person=wren, learns=True)
    voices.bring_text(person=wren, name="my river.txt", content=texts)
    return wren
