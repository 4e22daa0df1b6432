"""What comes as an adapter's files is data that is checked, never trusted."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.training.adapters import change_config, change_weights, make_adapter, sign
from tests.training.engines import tiny_model
from training.engine import AdapterError
from training.engine.local.adapters import (
    CONFIG,
    LARGEST_WEIGHTS,
    WEIGHTS,
    adaptable,
    fingerprint,
    publish,
    read_adapter,
)

MODEL = tiny_model("llama")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_adapter(tmp_path / "voice", 1)


def read(folder: Path) -> None:
    read_adapter(folder, adaptable(MODEL), fingerprint(MODEL))


def test_a_sound_adapter_is_read(folder: Path) -> None:
    read(folder)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_an_adapter_in_half_precision_is_read_as_it_is(folder, kind) -> None:
    whole = load_file(folder / WEIGHTS)
    change_weights(folder, lambda all: {n: t.to(kind) for n, t in all.items()})
    voice = read_adapter(folder, adaptable(MODEL), fingerprint(MODEL))
    for name, pair in voice.pairs.items():
        key = f"base_model.model.{name}.lora_B.weight"
        assert torch.equal(pair.up, whole[key].to(kind))


def pickled(folder: Path) -> None:
    (folder / "adapter_model.bin").write_bytes(b"\x80\x04.")


def only_pickled(folder: Path) -> None:
    torch.save({}, folder / "adapter_model.bin")
    (folder / WEIGHTS).unlink()


def cut_short(folder: Path) -> None:
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[:-64])


def noise(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(os.urandom(4096))


def endless_header(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes((2**62).to_bytes(8, "little") + b"{}")


def oversized(folder: Path) -> None:
    with (folder / WEIGHTS).open("r+b") as file:
        file.truncate(LARGEST_WEIGHTS + 1)


def empty(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(b"")


def linked(folder: Path) -> None:
    elsewhere = folder.parent / "elsewhere"
    shutil.move(folder / WEIGHTS, elsewhere)
    (folder / WEIGHTS).symlink_to(elsewhere)


def not_numbers(folder: Path) -> None:
    change_weights(folder, lambda all: {n: t * float("nan") for n, t in all.items()})


def one_infinity(folder: Path) -> None:
    def spoil(tensors):
        next(iter(tensors.values()))[0, 0] = float("inf")
        return tensors

    change_weights(folder, spoil)


def whole_numbers(folder: Path) -> None:
    change_weights(folder, lambda all: {n: t.to(torch.int8) for n, t in all.items()})


def eight_bits(folder: Path) -> None:
    kind = torch.float8_e4m3fn
    change_weights(folder, lambda all: {n: t.to(kind) for n, t in all.items()})


def larger_than_any_rank(folder: Path) -> None:
    change_weights(folder, lambda all: {n: t.repeat(99, 99) for n, t in all.items()})


def half_a_pair(folder: Path) -> None:
    change_weights(folder, lambda all: {n: t for n, t in all.items() if "_A" in n})


def turned_round(folder: Path) -> None:
    change_weights(folder, lambda all: {n: t.T.contiguous() for n, t in all.items()})


def unknown_layer(folder: Path) -> None:
    change_weights(
        folder,
        lambda all: {n.replace("layers.0", "layers.99"): t for n, t in all.items()},
    )


def embeddings(folder: Path) -> None:
    extra = {"base_model.model.model.embed_tokens.weight": torch.zeros(2, 2)}
    change_weights(folder, lambda all: all | extra)


def no_tensors(folder: Path) -> None:
    change_weights(folder, lambda all: {})


def other_base(folder: Path) -> None:
    sign(folder, "0" * 32)


def no_base(folder: Path) -> None:
    save_file(load_file(folder / WEIGHTS), folder / WEIGHTS)


def no_config(folder: Path) -> None:
    (folder / CONFIG).unlink()


def deep_config(folder: Path) -> None:
    (folder / CONFIG).write_text("[" * 30_000)


def list_config(folder: Path) -> None:
    (folder / CONFIG).write_text("[]")


def huge_config(folder: Path) -> None:
    (folder / CONFIG).write_text(json.dumps({"r": 1, "x": "y" * 100_000}))


BROKEN = [
    pickled,
    only_pickled,
    cut_short,
    noise,
    endless_header,
    oversized,
    empty,
    linked,
    not_numbers,
    one_infinity,
    whole_numbers,
    eight_bits,
    larger_than_any_rank,
    half_a_pair,
    turned_round,
    unknown_layer,
    embeddings,
    no_tensors,
    other_base,
    no_base,
    no_config,
    deep_config,
    list_config,
    huge_config,
]


@pytest.mark.parametrize("spoil", BROKEN, ids=lambda spoil: spoil.__name__)
def test_a_broken_adapter_is_refused_in_words(
    folder: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(folder)
    with pytest.raises(AdapterError) as refused:
        read(folder)
    assert str(refused.value).endswith(".")
    assert str(folder) not in str(refused.value)


@pytest.mark.parametrize(
    "change",
    [
        {"peft_type": "IA3"},
        {"modules_to_save": ["lm_head"]},
        {"auto_mapping": {"base_model_class": "Evil"}},
        {"target_parameters": ["experts.gate"]},
        {"layer_replication": [[0, 9]]},
        {"trainable_token_indices": [1]},
        {"use_dora": True},
        {"lora_bias": True},
        {"bias": "all"},
        {"rank_pattern": {"q_proj": 64}},
        {"made_up": 1},
        {"r": 0},
        {"r": 10_000},
        {"r": "4"},
        {"lora_alpha": 1e9},
        {"lora_alpha": float("nan")},
    ],
    ids=str,
)
def test_a_configuration_may_only_say_what_is_known(folder: Path, change: dict) -> None:
    change_config(folder, **change)
    with pytest.raises(AdapterError):
        read(folder)


def test_rank_stabilised_scaling_is_known(folder: Path) -> None:
    change_config(folder, use_rslora=True)
    read(folder)


def test_what_is_published_is_two_files_that_can_be_read(tmp_path: Path) -> None:
    made = make_adapter(tmp_path / "made", 2)
    config = json.loads((made / CONFIG).read_text())
    base = fingerprint(MODEL)
    publish(tmp_path / "published", load_file(made / WEIGHTS), config, base)
    read(tmp_path / "published")
    names = {path.name for path in (tmp_path / "published").iterdir()}
    assert names == {CONFIG, WEIGHTS}


def test_a_fingerprint_is_of_the_weights_and_not_of_their_precision() -> None:
    changed = tiny_model("llama")
    assert fingerprint(changed) == fingerprint(MODEL)
    assert fingerprint(tiny_model("llama").bfloat16()) == fingerprint(MODEL)
    changed.model.layers[1].mlp.up_proj.weight.data.mul_(1.1)
    assert fingerprint(changed) != fingerprint(MODEL)
