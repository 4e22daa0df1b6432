"""Step preference: the right line gains on the wrong one, from where they fork."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from tests.training.test_seedling_following import HEARD, TOO, told_of
from training.seedling.batches import Document, Row, stacked
from training.seedling.export import new_model
from training.seedling.loss import losses, tensors_of
from training.seedling.recipe import WEIGHTS, Recipe
from training.seedling.step_preference import (
    END_ID,
    StepPair,
    Studies,
    Study,
    Task,
    Told,
    batches_of,
    log_likelihoods,
    pair_of,
)
from training.seedling.step_preference import tensors_of as pair_tensors

SMALL = replace(
    Recipe(),
    width=32,
    layers=2,
    heads=2,
    key_value_heads=1,
    feed_forward=48,
    compiled=False,
    batch_tokens=1024,
)
PAIRS = [StepPair([2, 40 + n, 50, 60], [70, 71, END_ID], [90, 91]) for n in range(9)]
ASKED = ({"role": "system", "content": "Header"}, {"role": "user", "content": "Ask"})


@pytest.fixture(scope="module")
def tokenizer():
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))


def pair(tokenizer, text: str, ended: bool = True, given: str = ""):
    return pair_of(Task(told_of(), 0, given, ASKED), Told(text, ended), tokenizer)


def words(tokenizer, ids) -> str:
    return tokenizer.decode(ids, skip_special_tokens=False)


def test_a_pair_begins_where_the_wrong_line_forks_off(tokenizer):
    found = pair(tokenizer, f'{HEARD} {TOO} "Who?" asked Halima. It was late.')
    assert words(tokenizer, found.context).endswith('"Who?" asked')
    assert words(tokenizer, found.chosen).startswith(" Fenella")
    assert words(tokenizer, found.rejected).startswith(" Halima")


def test_an_end_too_soon_is_a_wrong_step_of_one_token(tokenizer):
    found = pair(tokenizer, f"{HEARD} {TOO}")
    assert found.rejected == [END_ID]
    assert len(found.chosen) > 1


def test_nothing_is_learnt_from_what_is_right_or_was_cut_off_or_given(tokenizer):
    right = f'{HEARD} {TOO} Fenella took the lamp and asked, "Who?"'
    wrong = f"{HEARD} {TOO} Halima took the lamp."  # and what?
    assert pair(tokenizer, right) is None
    assert pair(tokenizer, wrong, ended=False) is None
    assert pair(tokenizer, f"{HEARD} And on. And", given=f"{HEARD} And on.") is None


def test_neither_line_of_a_pair_sees_the_other():
    model = new_model(SMALL).eval()
    with torch.no_grad():
        right, wrong = log_likelihoods(model, pair_tensors(PAIRS, 4096))
        alone = [plainly(model, p.context, line) for p in PAIRS for line in lines(p)]
    np.testing.assert_allclose(right[: len(PAIRS)], alone[::2], atol=1e-4)
    np.testing.assert_allclose(wrong[: len(PAIRS)], alone[1::2], atol=1e-4)
    assert not right[len(PAIRS) :].any()


def lines(one: StepPair):
    return one.chosen, one.rejected


def plainly(model, context: list[int], line: list[int]) -> float:
    ids = torch.tensor([[*context, *line]])
    foreseen = model(ids).logits.log_softmax(-1)[0, len(context) - 1 : -1]
    return foreseen.gather(1, torch.tensor(line)[:, None]).sum().item()


def test_pairs_of_all_widths_find_a_batch():
    long = replace(PAIRS[0], context=[2] * 400)
    longest = replace(PAIRS[0], context=[2] * 4000)
    batches = batches_of([*PAIRS, long, longest], 1024)
    assert [len(batch) for batch in batches] == [4, 4, 1, 1]


def test_the_right_line_gains_on_the_wrong_one():
    model = new_model(SMALL)
    row = stacked([Row(64, [Document([2, 40, 50], [1.0] * 3)])])
    run = SimpleNamespace(
        model=model,
        tokenizer=None,
        recipe=SMALL,
        batches=lambda: iter(lambda: row, None),
        losses=lambda batch: losses(model, tensors_of(batch)),
    )
    studies = Studies(run, replace(Study(), rate=3e-3), seed=1)
    first = studies.learn(PAIRS, rate=1.0)
    for _ in range(5):
        last = studies.learn(PAIRS, rate=1.0)
    assert last > max(first, 0.9)
