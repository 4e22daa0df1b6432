"""A model's matrices lie as this machine multiplies by them quickest."""

import pytest
import torch

from tests.training.engines import tiny_model, tiny_tokenizer
from training.engine.local import LocalEngine, layout

IDS = torch.tensor([[5, 6, 7, 8]])


def column_after_column(weight: torch.Tensor) -> bool:
    return weight.t().is_contiguous() and not weight.is_contiguous()


@pytest.fixture
def machine(monkeypatch):
    """A machine that is quicker with matrices that lie this way."""

    def likes(wanted) -> None:
        def seconds(weight: torch.Tensor):
            yield 1.0 if wanted(weight) else 2.0

        monkeypatch.setattr(layout, "seconds", seconds)

    return likes


@pytest.mark.parametrize("shape", ["llama", "qwen2", "gpt2"])
def test_a_model_says_the_same_however_it_lies(shape, machine):
    model = tiny_model(shape).eval()
    names = {name: tensor.shape for name, tensor in model.state_dict().items()}
    with torch.inference_mode():
        before = model(IDS).logits
        machine(column_after_column)
        layout.lay_out(model)
        after = model(IDS).logits
    assert torch.allclose(before, after, rtol=0, atol=1e-5 * float(before.std()))
    found = {name: tensor.shape for name, tensor in model.state_dict().items()}
    assert found == names


def test_every_linear_layer_is_laid_anew_where_that_is_quicker(machine):
    model = tiny_model("llama")
    layers = [m for m in model.modules() if isinstance(m, torch.nn.Linear)]
    machine(column_after_column)
    assert layout.lay_out(model) == len(layers)
    assert all(column_after_column(layer.weight) for layer in layers)
    assert layout.lay_out(model) == 0


def test_where_it_is_slower_nothing_is_touched(machine):
    model = tiny_model("llama")
    machine(torch.Tensor.is_contiguous)
    assert layout.lay_out(model) == 0
    assert all(tensor.is_contiguous() for tensor in model.state_dict().values())


def test_what_is_told_of_a_machine_was_measured_on_it():
    assert all(0 < one < 1 for one in layout.seconds(torch.randn(64, 32)))


def test_an_embedding_that_is_the_output_too_stays_both(machine):
    model = tiny_model("gpt2")
    before, after = model.get_input_embeddings(), model.get_output_embeddings()
    assert before.weight is after.weight
    kept = before.weight.clone()
    machine(column_after_column)
    assert layout.lay_out(model) == 1  # its other layers are no linear ones
    assert before.weight is after.weight and torch.equal(before.weight, kept)
    assert column_after_column(after.weight)


def test_an_engine_keeps_no_second_copy_of_the_embeddings(machine):
    machine(column_after_column)
    model = tiny_model("gpt2")
    engine = LocalEngine(model, tiny_tokenizer(), name="tiny")
    embeddings = model.get_input_embeddings().weight
    assert engine._voices._embeddings.data_ptr() == embeddings.data_ptr()
    engine.close()


def test_where_it_is_about_as_quick_nothing_is_touched(monkeypatch):
    def seconds(weight: torch.Tensor):
        yield from (0.95, 1.9) if column_after_column(weight) else (1.0, 2.0)

    monkeypatch.setattr(layout, "seconds", seconds)
    assert layout.lay_out(tiny_model("llama")) == 0


def test_what_makes_eight_quicker_may_not_make_one_slower(monkeypatch):
    def seconds(weight: torch.Tensor):
        yield from (1.2, 1.0) if column_after_column(weight) else (1.0, 4.0)

    monkeypatch.setattr(layout, "seconds", seconds)
    assert layout.lay_out(tiny_model("llama")) == 0
