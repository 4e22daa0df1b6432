"""What is told from the details of a prompt is told whole."""

import torch

from training.engine.local.quoted import Quoted

NOTED, LINE = [1, 2, 3, 4, 5, 6], 7
PROMPT = [9, *NOTED, LINE, 9]
LEVEL = torch.zeros(12)


def after(written: list[int], scores: torch.Tensor = LEVEL, **more) -> torch.Tensor:
    quoted = Quoted(PROMPT, len(PROMPT) - 1, len(PROMPT), breaks=[LINE], **more)
    return quoted([*PROMPT, *written], scores)


def test_what_is_quoted_goes_on_to_its_end() -> None:
    assert after([0, 1, 2, 3, 4])[5] == Quoted.SURE
    assert after([0, 1, 2, 3, 4, 5])[6] == Quoted.SURE
    assert LEVEL.tolist() == [0] * 12


def test_a_few_words_are_no_quotation_and_neither_is_the_end_of_a_line() -> None:
    for written in ([], [0, 2, 3], [*NOTED], [4, 3, 2, 1]):
        assert after(written).tolist() == LEVEL.tolist()


def test_where_the_model_says_something_else_it_says_it() -> None:
    scores = LEVEL.clone()
    scores[10] = Quoted.NEAR * 4 + 0.1
    assert after([1, 2, 3, 4], scores).argmax() == 10
    assert after([1, 2, 3, 4, 5], scores).argmax() == 6  # the longer, the surer
    scores[10] = Quoted.NEAR * 4 - 0.1
    assert after([1, 2, 3, 4], scores).argmax() == 5


def test_what_was_quoted_before_is_not_quoted_again() -> None:
    again = [*NOTED, 0, 1, 2, 3, 4]
    assert after(again).tolist() == LEVEL.tolist()


def test_the_tokens_of_a_name_make_no_quotation() -> None:
    named = frozenset([2, 3, 4])
    assert after([1, 2, 3, 4], names=named).tolist() == LEVEL.tolist()
    assert after([1, 2, 3, 4, 5], names=named).tolist() == LEVEL.tolist()
    assert after([1, 2, 3, 4, 5], names=frozenset([3]))[6] == Quoted.SURE


def test_where_two_lines_go_on_otherwise_neither_is_quoted() -> None:
    prompt = [1, 2, 3, 4, 5, LINE, 1, 2, 3, 4, 6, LINE]
    quoted = Quoted(prompt, len(prompt), len(prompt), breaks=[LINE])
    assert quoted([*prompt, 1, 2, 3, 4], LEVEL).tolist() == LEVEL.tolist()
