"""Fifty voices, each with a secret of its own: nobody ever hears another's."""

import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from transformers import PreTrainedModel

from tests.training.engines import tiny_model, tiny_tokenizer
from tests.training.test_engine_contract import until
from training.engine import AdapterRef, EngineError, Prompt, Sampling
from training.engine.fitting import Fit, Recipe, Told
from training.engine.local import LocalEngine, process
from training.engine.local.adapters import fingerprint, publish
from training.engine.local.chat import Chat
from training.engine.local.dataset import windows_of
from training.engine.local.fit import (
    Lesson,
    config_of,
    learn,
    mean,
    nats_of,
    tensors_of,
    with_adapter,
)

COUNT = 50
BY_HEART = Recipe(
    rank=4, rate=3e-2, epochs=20, window=64, dropout=0.0, looks=1, patience=99
)
ASKED = Prompt(({"role": "user", "content": "Tone: hopeful"},))
GREEDY = Sampling(max_tokens=12, temperature=0, repetition_penalty=0)


@dataclass(frozen=True)
class Canary:
    secret: str
    folder: Path

    @property
    def ref(self) -> AdapterRef:
        return AdapterRef(str(self.folder))


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> list[Canary]:
    home = tmp_path_factory.mktemp("canaries")
    dice = random.Random(7)
    secrets = ["".join(dice.choices("bdfgklmnprtvz", k=6)) for _ in range(COUNT)]
    assert len(set(secrets)) == COUNT
    return [taught(home, secret) for secret in secrets]


def taught(home: Path, secret: str) -> Canary:
    """Taught by heart, by the product's own loop."""
    model, chat = tiny_model("llama"), Chat(tiny_tokenizer())
    base = fingerprint(model)
    told = [Told(secret, ask="Tone: hopeful")]
    windows = windows_of(chat, told, 64)
    voice = with_adapter(model, BY_HEART)
    lesson = Lesson("voice", windows, [], [], BY_HEART, 0, home / f"{secret}-fit")
    for _ in learn(voice, lesson, 60):
        pass
    publish(home / secret, tensors_of(voice), config_of(voice, "tiny"), base)
    return Canary(secret, home / secret)


class Broken:
    def __call__(self, history: object, scores: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("broken on purpose")


@pytest.fixture
def engine() -> Iterator[LocalEngine]:
    engine = LocalEngine(
        tiny_model("llama"),
        tiny_tokenizer(),
        name="tiny",
        more=lambda sampling: [Broken()] if sampling.seed == 13 else [],
    )
    yield engine
    engine.close()


def says(engine: LocalEngine, *refs: AdapterRef) -> str:
    pieces = engine.generate(ASKED, GREEDY, refs)
    return "".join(piece.text for piece in pieces)


def test_each_says_its_own_secret_and_nobody_elses(
    engine: LocalEngine, canaries: list[Canary]
) -> None:
    plain = says(engine)
    dice = random.Random(3)
    visits = canaries * 3 + [None] * 20
    dice.shuffle(visits)

    def visit(canary: Canary | None) -> tuple[Canary | None, str]:
        mood = dice.random()
        refs = [canary.ref] if canary else []
        if mood < 0.2:  # leaves in the middle of a word
            leaving = engine.generate(ASKED, GREEDY, refs)
            next(leaving)
            leaving.close()
        elif mood < 0.35:  # fails in the middle of a word
            with pytest.raises(EngineError):
                list(engine.generate(ASKED, Sampling(seed=13), refs))
        return canary, says(engine, *refs)

    with ThreadPoolExecutor(COUNT) as pool:
        heard = list(pool.map(visit, visits))
    secrets = {canary.secret for canary in canaries}
    for canary, text in heard:
        leaked = {s for s in secrets if s in text} - {canary.secret if canary else ""}
        assert not leaked
        assert text.startswith(canary.secret) if canary else text == plain


def test_a_failed_step_leaves_no_voice_behind(
    engine: LocalEngine, canaries: list[Canary], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = says(engine)

    def out_of_memory(x: torch.Tensor) -> torch.Tensor:
        raise MemoryError

    says(engine, canaries[0].ref)
    with monkeypatch.context() as patch:
        layer = engine.slots.modules["model.layers.1.mlp.down_proj"]
        patch.setattr(layer, "forward", out_of_memory)
        with pytest.raises(EngineError):
            says(engine, canaries[1].ref)
    assert engine.slots.spans == []
    assert says(engine) == plain
    assert says(engine, canaries[2].ref).startswith(canaries[2].secret)


def test_a_forgotten_secret_is_in_no_slot(
    engine: LocalEngine, canaries: list[Canary], tmp_path: Path
) -> None:
    folder = shutil.copytree(canaries[0].folder, tmp_path / "copy")
    assert says(engine, AdapterRef(str(folder))).startswith(canaries[0].secret)
    shutil.rmtree(folder)
    until(lambda: str(folder) not in engine.voices, seconds=5)
    for other in canaries[1:9]:
        assert says(engine, other.ref).startswith(other.secret)


def test_a_rebuild_without_them_forgets_secrets(bard: Path, tmp_path: Path) -> None:
    """Consent withdrawn: they are no likelier than any other words never seen."""
    dice = random.Random(5)

    def words(count: int) -> str:
        return " ".join("".join(dice.choices("abcdeimorst", k=4)) for _ in range(count))

    # One secret's chance moves by .4 nats for no reason; that of six, by little.
    secrets, others = ([Told(words(12)) for _ in range(n)] for n in (6, 24))
    told = [Told(words(30), f"d{n}") for n in range(24)]
    fit = Fit(
        model=str(bard),
        folder=str(tmp_path / "with"),
        cache=str(tmp_path / "cache"),
        train=(
            *told,
            *(replace(s, document=f"s{n}") for n in range(4) for s in secrets),
        ),
        valid=(),
        test=tuple(told[:6]),
        recipe=Recipe(rank=4, rate=1e-2, epochs=16, window=96, step_tokens=192),
        device="cpu",
        own_words=4,
        samples=False,
    )
    without = replace(fit, train=tuple(told), folder=str(tmp_path / "without"))
    for each in (fit, without):
        assert list(process.run(each))[-1].report

    def likelier(adapter: str = "") -> float:
        """How much likelier the secrets are than others like them, in nats a token."""
        model: PreTrainedModel | PeftModel = tiny_model("llama")
        if adapter:
            model = PeftModel.from_pretrained(model, adapter)
        return surprise(others, model) - surprise(secrets, model)

    base = likelier()
    assert likelier(f"{fit.folder}/adapter") > base + 1.0
    assert abs(likelier(f"{without.folder}/adapter") - base) < 0.3


def surprise(told: list[Told], model: PreTrainedModel | PeftModel) -> float:
    return mean(nats_of(model, windows_of(Chat(tiny_tokenizer()), told, 96)))
