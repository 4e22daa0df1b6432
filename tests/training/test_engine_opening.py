"""Which models open, and what is said of one that does not."""

import sys
from functools import partial
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.training.engines import ask, save_tiny, tiny_model
from tests.training.test_engine_contract import write
from training.engine import EngineError, open_engine


def test_a_pickle_only_model_is_refused(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "model")
    weights = folder / "model.safetensors"
    torch.save({}, folder / "pytorch_model.bin")
    weights.unlink()
    with pytest.raises(EngineError, match="pickle"):
        open_engine(str(folder), device="cpu", threads=1)


def test_a_model_folder_opens_and_writes(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(partial(sys.setswitchinterval, sys.getswitchinterval()))
    folder = save_tiny(tmp_path / "bard" / "weights")
    engine = open_engine(str(folder), device="cpu", threads=1, context=128)
    assert (engine.name, engine.context) == ("bard", 128)
    assert sys.getswitchinterval() <= 0.001  # or a busy web server starves the engine
    assert write(engine, ask())
    engine.close()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no model folder"):
        open_engine(str(tmp_path / "nowhere"))


def test_a_model_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    tiny_model("llama").save_pretrained(tmp_path)
    with pytest.raises(EngineError, match="tokenizer"):
        open_engine(str(tmp_path))


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    weights = save_tiny(tmp_path) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(EngineError, match="could not be loaded"):
        open_engine(str(tmp_path))


def test_a_model_without_all_its_weights_is_refused(tmp_path: Path) -> None:
    weights = save_tiny(tmp_path) / "model.safetensors"
    tensors = load_file(weights)
    del tensors["model.layers.1.mlp.up_proj.weight"]
    save_file(tensors, weights, metadata={"format": "pt"})
    with pytest.raises(EngineError, match="lacks some of its weights"):
        open_engine(str(tmp_path))


def test_an_unknown_device_is_refused(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path)
    with pytest.raises(EngineError, match="auto, cpu or cuda"):
        open_engine(str(folder), device="abacus")
