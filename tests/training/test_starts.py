"""Where the learning of a voice begins: a shared adapter, if it is nearer already."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file

from tests.training.adapters import change_weights, make_adapter, sign
from tests.training.engines import tiny_model, tiny_tokenizer
from training import genres, reports, voices
from training.engine.fitting import Fit, Progress, Recipe, Told
from training.engine.local import process
from training.engine.local.adapters import (
    WEIGHTS,
    adaptable,
    fingerprint,
    read_adapter,
)
from training.engine.local.chat import Chat
from training.engine.local.checkpoint import weights_of
from training.engine.local.dataset import windows_of
from training.engine.local.fit import with_adapter
from training.engine.local.gates import better
from training.engine.local.starts import beginning, nearest
from training.learning.job import job
from training.models import Example

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def near(fit: Fit) -> Path:
    """A shared adapter that learnt texts of the same kind, and no text of the fit's."""
    others = tuple(Told(each.text, each.document) for each in fit.train[:10])
    folder = Path(fit.folder).with_name("shared")
    shared = replace(fit, folder=str(folder), train=others, rank=6)
    assert report_of(shared)["gates"]["better"]["change"] < 0
    return folder / "adapter"


def narrowed(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: each[:, :1].contiguous() for name, each in tensors.items()}


def report_of(fit: Fit) -> dict:
    *_, last = process.run(fit)
    assert isinstance(last, Progress) and last.report is not None
    return last.report


def test_learning_begins_from_the_shared_adapter_under_which_the_text_is_likeliest(
    fit: Fit, near: Path, tmp_path: Path
) -> None:
    far = make_adapter(tmp_path / "far", seed=3)
    told = replace(fit, train=fit.train[10:])
    fresh = report_of(told)
    *_, last = process.run(
        replace(told, folder=str(tmp_path / "begun"), starts=(str(far), str(near)))
    )
    report = last.report
    assert report["start"] == near.name and fresh["start"] == ""
    assert report["rank"] == 6 and fresh["rank"] == 4
    found = report["gates"]["better"]
    assert (
        found["start_nats"]
        < found["base_nats"]
        == fresh["gates"]["better"]["base_nats"]
    )
    assert found["voice_nats"] < fresh["gates"]["better"]["voice_nats"]
    held_out = dict(last.held_out)
    assert held_out[0] < found["base_nats"]  # before its first step it knows the kind
    shapes = [
        {name: tensor.shape for name, tensor in load_file(folder / WEIGHTS).items()}
        for folder in (tmp_path / "begun" / "adapter", near)
    ]
    assert shapes[0] == shapes[1]


def test_a_run_goes_on_from_what_it_began_from_whatever_there_is_by_then(
    fit: Fit, near: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.engine.local.fit.SAY_EVERY", 0.0)
    straight = replace(fit, folder=str(tmp_path / "straight"), starts=(str(near),))
    whole = report_of(straight)
    broken = replace(straight, folder=str(tmp_path / "broken"))
    steps = process.run(broken)
    next(progress for progress in steps if progress.step == 3)
    steps.close()
    resumed = report_of(replace(broken, starts=()))  # the genre was taken away
    assert resumed["start"] == whole["start"] == near.name
    assert resumed["gates"]["better"] == whole["gates"]["better"]


def test_a_champion_of_another_shape_takes_nothing_from_the_comparison(
    fit: Fit, near: Path, tmp_path: Path
) -> None:
    other = make_adapter(tmp_path / "other", seed=3, rank=2)
    change_weights(other, narrowed)
    found = report_of(replace(fit, starts=(str(near),), champion=str(other)))
    better = found["gates"]["better"]
    assert "start_nats" in better and "champion_nats" not in better


@pytest.mark.parametrize("shape", ["gpt2", "qwen2"])
def test_a_copy_of_an_adapter_is_where_other_families_begin_too(
    shape: str, tmp_path: Path
) -> None:
    folder = make_adapter(tmp_path / "shared", seed=3, shape=shape)
    model, ids = tiny_model(shape), torch.tensor([[5, 6, 7]])
    theirs = PeftModel.from_pretrained(tiny_model(shape), str(folder)).eval()
    shared = read_adapter(folder, adaptable(model), fingerprint(model))
    begun = with_adapter(model, beginning(Recipe(), shared), shared).eval()
    assert torch.equal(begun(ids).logits, theirs(ids).logits)
    assert all(weights.requires_grad for weights in weights_of(begun).values())


def test_a_model_that_is_nearer_than_any_is_begun_from_bare(
    fit: Fit, tmp_path: Path
) -> None:
    far, foreign = (make_adapter(tmp_path / name, seed=3) for name in ("far", "other"))
    sign(foreign, "made for another model")
    model, chat = tiny_model("llama"), Chat(tiny_tokenizer())
    windows = windows_of(chat, fit.train, 128)
    before = model(torch.tensor([[5, 6, 7]])).logits
    base = fingerprint(model)
    folders = [str(far), str(foreign), str(tmp_path / "gone")]
    assert nearest(model, base, windows, folders) is None
    assert nearest(model, base, windows, []) is None
    assert torch.equal(model(torch.tensor([[5, 6, 7]])).logits, before)


def test_a_voice_no_better_than_what_it_began_from_is_nobodys() -> None:
    base = [(50.0 + n % 5, 20) for n in range(12)]
    shared = [(nats - 2.0, count) for nats, count in base]
    own = [(nats - 0.5, count) for nats, count in shared]
    assert better(base, own, None, start=shared)["passed"] is True
    found = better(base, shared, None, start=shared)
    assert found["passed"] is False
    [told] = reports.findings({"gates": {"better": found}})
    assert told.passed is False and "not plainly know them better" in told.said
    [told] = reports.findings({"gates": {"better": better(base, own, None, shared)}})
    assert told.passed and "than the shared voice that it began from" in told.said


def test_a_person_may_begin_from_any_genre_that_ships(willing) -> None:
    examples = list(Example.objects.owned_by(willing))
    fit = job(voices.start_run(person=willing), examples, None)
    assert fit.starts == genres.folders() != ()
    assert Fit.from_json(fit.as_json()) == fit
