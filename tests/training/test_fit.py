"""A voice is learnt, checked and put down and taken up again, all on real weights."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.training.adapters import as_peft_writes
from tests.training.engines import ask, save_tiny, tiny_model, tiny_tokenizer
from training.engine import AdapterRef, EngineError, Sampling, open_engine
from training.engine.cutting import passages_of, split
from training.engine.fitting import Fit, Progress, Recipe, Told
from training.engine.local import process
from training.engine.local.adapters import CONFIG, WEIGHTS
from training.engine.local.chat import Chat
from training.engine.local.dataset import padded, windows_of
from training.engine.local.gates import better, longest_run, verdict
from training.engine.local.text import BROKEN
from training.learning.apart import COMMAND, ROOT, PutDown, follow

LINES = [
    "Mara walked to the river, and Tobi sang to her.",
    "Once upon a time Tobi walked to the river.",
    "Tobi sang to Mara, and the river sang to Tobi.",
    "Once Mara sang upon the river, and Tobi walked.",
]
QUICK = Recipe(rank=4, rate=5e-3, epochs=4, window=128, step_tokens=256, dropout=0.1)
SECRET = "xylophone"


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("bard"))


@pytest.fixture
def fit(model: Path, tmp_path: Path) -> Fit:
    told = [Told(LINES[n % 4], f"d{n}") for n in range(40)]
    return Fit(
        model=str(model),
        folder=str(tmp_path / "fit"),
        cache=str(model.parent / "cache"),
        train=tuple(told),
        valid=tuple(Told(LINES[n % 4], f"v{n}") for n in range(6)),
        test=tuple(Told(LINES[n % 4], f"t{n}") for n in range(6)),
        recipe=QUICK,
        device="cpu",
        own_words=4,
        samples=False,
    )


def finished(steps: Iterator[Progress | None]) -> Progress:
    *_, last = steps
    assert last is not None and last.report is not None
    return last


def test_a_voice_is_learnt_and_speaks_alike_in_peft_and_in_the_engine(
    fit: Fit,
) -> None:
    done = finished(process.run(fit))
    assert done.report is not None
    gates = done.report["gates"]
    assert gates["better"]["change_high"] < 0 and gates["better"]["passed"]
    assert gates["integrity"]["passed"] and gates["serving"]["passed"]
    adapter = Path(fit.folder) / "adapter"
    assert {path.name for path in adapter.iterdir()} == {CONFIG, WEIGHTS}
    assert str(ROOT) not in (adapter / CONFIG).read_text()
    engine = open_engine(fit.model, device="cpu", threads=1)
    sampling = Sampling(max_tokens=12, temperature=0, repetition_penalty=0)
    ref = AdapterRef(str(adapter))
    ids = engine.encode(ask())
    ours = "".join(p.text for p in engine.generate(ask(), sampling, [ref]))
    plain = "".join(p.text for p in engine.generate(ask(), sampling))
    theirs = tiny_tokenizer().decode(as_peft_writes(adapter, ids, 12))
    theirs = theirs.replace(BROKEN, "")  # bytes that are no character are not shown
    assert ours == theirs != plain
    engine.close()


def test_a_voice_put_down_and_taken_up_ends_as_if_nothing_had_been(
    fit: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.engine.local.fit.SAY_EVERY", 0.0)
    straight = finished(process.run(fit))
    broken = replace(fit, folder=str(tmp_path / "broken"))
    for stop_at in (3, 8):
        steps = process.run(broken)
        for progress in steps:
            if progress.step == stop_at:
                break
        steps.close()
        assert (Path(broken.folder) / "voice" / "checkpoint").is_dir()
        assert not (Path(broken.folder) / "adapter").exists()
    resumed = finished(process.run(broken))
    assert resumed.held_out == straight.held_out
    ours, theirs = (
        load_file(Path(each.folder) / "adapter" / WEIGHTS) for each in (fit, broken)
    )
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_only_the_persons_words_are_learnt() -> None:
    chat = Chat(tiny_tokenizer())
    told = [Told(line, "d", "Tone: sad") for line in LINES]
    [window] = windows_of(chat, told, 256)
    learnt = [i for i, told in zip(window.ids, window.told, strict=True) if told]
    text = tiny_tokenizer().decode(learnt)
    assert text == "".join(f"{line}<|end|>" for line in LINES)
    batch = padded([window], torch.device("cpu"))
    assert (batch["labels"] != -100).sum() == window.learnt
    assert batch["labels"][0, 0] == -100


@pytest.mark.parametrize("template", [None, "{{ messages[-1].content }}"])
def test_a_model_that_rewrites_its_turns_is_taught_passage_by_passage(
    template: str | None,
) -> None:
    chat = Chat(tiny_tokenizer(template))
    told = [Told(" ".join(LINES * 3), "d") for _ in range(3)]
    windows = windows_of(chat, told, 512)
    assert len(windows) == 3
    assert all(window.learnt >= 100 for window in windows)


def test_windows_keep_to_their_room_and_to_one_document() -> None:
    chat = Chat(tiny_tokenizer())
    told = [Told(" ".join(LINES * 2), f"d{n // 3}") for n in range(9)]
    windows = windows_of(chat, told, 120)
    assert all(len(window.ids) <= 120 for window in windows)
    assert {window.document for window in windows} == {"d0", "d1", "d2"}


def test_long_texts_are_cut_between_sentences() -> None:
    passages = passages_of(" ".join(LINES * 20) + "\n\n" + LINES[0])
    assert len(passages) > 3
    assert all(passage.endswith(".") for passage in passages)
    assert all(len(passage.split()) <= 180 for passage in passages)


def test_what_is_tested_on_comes_last_and_is_never_learnt() -> None:
    told = [
        Told(f"{n} " + LINES[n % 4] + f" {n}" * 14, f"d{n // 5}") for n in range(50)
    ]
    told.append(Told(told[3].text, "d9"))  # the same words again, later
    train, valid, test = split(told)
    documents = [{each.document for each in part} for part in (train, valid, test)]
    assert documents[2] == {"d9"} and documents[1] == {"d8"}
    assert told[3] not in train and told[4] in train


def test_nothing_to_learn_from_is_said(fit: Fit) -> None:
    with pytest.raises(EngineError, match="nothing to learn"):
        finished(process.run(replace(fit, train=())))


def test_a_voice_no_better_than_the_model_does_not_pass() -> None:
    base = [(50.0 + n % 5, 20) for n in range(12)]
    worse = [(nats + 1.0, count) for nats, count in base]
    chance = [(nats + (-1) ** n, count) for n, (nats, count) in enumerate(base)]
    good = [(nats - 2.0, count) for nats, count in base]
    assert better(base, worse, None)["passed"] is False
    assert better(base, chance, None)["passed"] is False
    assert better(base, good, None)["passed"] is True
    assert better(base, good, champion=[(n - 5, c) for n, c in base])["passed"] is False
    assert better(base[:3], good[:3], None)["passed"] is None
    assert verdict({"better": {"passed": None}}) is False
    assert verdict({"better": {"passed": True}, "style": {"passed": None}}) is True
    assert verdict({"better": {"passed": True}, "memory": {"passed": False}}) is False


def test_a_run_of_words_by_heart_is_found() -> None:
    learnt = [list(range(100))]
    assert longest_run([[5, 6, 7, 8, 200, 9]], learnt) == 4
    assert longest_run([[300, 301]], learnt) == 0
    assert longest_run([list(range(20, 90))], learnt) == 70


# -- in a process of its own


def test_a_process_follows_a_fit_to_its_end_and_writes_no_words(fit: Fit) -> None:
    fit = replace(fit, train=(*fit.train, Told(f"The {SECRET} sang.", "d0")))
    done = finished(follow(fit))
    assert done.report is not None and done.report["gates"]["serving"]["passed"]
    for path in Path(fit.folder).rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


def test_a_fit_that_cannot_begin_says_why(fit: Fit) -> None:
    with pytest.raises(EngineError, match="no model folder"):
        finished(follow(replace(fit, model="/nowhere/at/all")))


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.3, 2.5, 4.0, 5.0])
def test_killed_at_any_moment_it_leaves_a_whole_adapter_or_none(
    fit: Fit, moment: float
) -> None:
    process = subprocess.Popen(
        COMMAND, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert process.stdin is not None
    json.dump(fit.as_json(), process.stdin)
    process.stdin.close()
    time.sleep(moment)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    adapter = Path(fit.folder) / "adapter"
    if adapter.exists():
        assert {path.name for path in adapter.iterdir()} == {CONFIG, WEIGHTS}
        as_peft_writes(adapter, [5, 6, 7], 3)
    assert finished(follow(fit)).report  # and the same job comes to its end


def test_someone_elses_kill_is_not_mistaken_for_an_end(
    fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.learning.apart.COMMAND", ["sleep", "0"])
    with pytest.raises(PutDown):
        finished(follow(fit))


def test_the_tiny_model_of_these_tests_is_the_saved_one(model: Path) -> None:
    assert torch.equal(
        load_file(model / "model.safetensors")["model.embed_tokens.weight"],
        tiny_model("llama").model.embed_tokens.weight,
    )
