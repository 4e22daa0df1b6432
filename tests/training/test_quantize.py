"""A large model in 4 bits: it writes, learns a voice, and speaks it as PEFT does."""

from pathlib import Path

import pytest
import torch
from bitsandbytes.nn import Linear4bit
from django.core.management import CommandError, call_command
from peft import PeftModel

from tests.training.adapters import greedy
from tests.training.engines import SHAPES, ask, save_tiny, tiny_tokenizer
from tests.training.test_fit import LINES, QUICK, finished
from training.engine import AdapterRef, EngineError, Sampling, open_engine
from training.engine.fitting import Fit, Told
from training.engine.local import process
from training.engine.local.adapters import adaptable
from training.engine.local.model import load, quantize
from training.engine.local.text import BROKEN

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module", params=SHAPES)
def whole(request, tmp_path_factory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("whole"), request.param)


@pytest.fixture(scope="module")
def small(whole: Path) -> Path:
    folder = whole.with_name(f"{whole.name}-small")
    quantize(str(whole), folder)
    return folder


def learnt(model: Path, folder: Path) -> Path:
    told = [Told(LINES[n % 4], f"d{n}") for n in range(40)]
    fit = Fit(
        model=str(model),
        folder=str(folder),
        cache=str(folder / "cache"),
        train=tuple(told),
        valid=tuple(told[:6]),
        test=tuple(told[:6]),
        recipe=QUICK,
        device="cpu",
        own_words=4,
        samples=False,
    )
    report = finished(process.run(fit)).report
    assert report is not None and report["gates"]["better"]["passed"]
    return folder / "adapter"


def weights(folder: Path) -> int:
    return (folder / "model.safetensors").stat().st_size


def test_a_model_in_four_bits_is_smaller_and_opens_by_the_same_setting(whole, small):
    assert weights(small) < 0.8 * weights(whole)  # its embeddings stay whole
    engine = open_engine(str(small), device="cpu", threads=1)
    pieces = list(engine.generate(ask(), Sampling(max_tokens=8, seed=1)))
    engine.close()
    assert pieces[-1].tokens > 0


def test_it_stays_in_four_bits_and_computes_as_this_machine_does(small):
    model, _ = load(str(small), "cpu")
    layers = list(adaptable(model).values())
    assert layers and all(type(layer) is Linear4bit for layer in layers)
    assert {layer.compute_dtype for layer in layers} == {torch.float32}
    # Packed anew for a processor's bfloat16, it would hand no gradient on.
    assert not any(layer.support_avx512bf16_for_cpu for layer in layers)
    assert model.get_input_embeddings().weight.is_floating_point()
    assert model.get_output_embeddings().weight.is_floating_point()


def test_a_voice_learnt_on_it_speaks_alike_in_peft_and_in_the_engine(small, tmp_path):
    adapter = learnt(small, tmp_path / "fit")
    engine = open_engine(str(small), device="cpu", threads=1)
    sampling = Sampling(max_tokens=12, temperature=0, repetition_penalty=0)
    ref, ids = AdapterRef(str(adapter)), engine.encode(ask())
    ours = "".join(p.text for p in engine.generate(ask(), sampling, [ref]))
    plain = "".join(p.text for p in engine.generate(ask(), sampling))
    engine.close()
    base, _ = load(str(small), "cpu")
    voice = PeftModel.from_pretrained(base, str(adapter)).eval()
    theirs = tiny_tokenizer().decode(greedy(voice, ids, 12)).replace(BROKEN, "")
    assert ours == theirs != plain


def test_a_voice_of_the_whole_model_is_not_taken_for_one_of_this(
    whole, small, tmp_path
):
    adapter = learnt(whole, tmp_path / "fit")
    engine = open_engine(str(small), device="cpu", threads=1)
    with pytest.raises(EngineError, match="another language model"):
        next(engine.generate(ask(), Sampling(), [AdapterRef(str(adapter))]))
    engine.close()


def test_the_command_writes_the_folder_and_says_what_is_wrong(tmp_path, capsys):
    whole = save_tiny(tmp_path / "bard")
    call_command("quantize_model", str(whole), tmp_path / "small")
    assert weights(tmp_path / "small") < weights(whole)
    assert "STORYLOOM_MODEL" in capsys.readouterr().out
    for source, target, why in (
        (tmp_path / "small", tmp_path / "smaller", "quantised already"),
        (tmp_path / "nowhere", tmp_path / "new", "could not be loaded|no model folder"),
        (whole, tmp_path / "small", "is there already"),
    ):
        with pytest.raises(CommandError, match=why):
            call_command("quantize_model", str(source), target)
