"""Whose turn it is in a script."""

import torch

from training.engine.local.speakers import Speakers

ANA, TOM, SAID, COLON, LINE = [1, 2], [3], 4, 5, 6
LEVEL = torch.zeros(8)


def turn(written: list[int]) -> torch.Tensor:
    return Speakers(1, [ANA, TOM], breaks=[LINE], colon=[COLON])([0, *written], LEVEL)


def test_nobody_answers_themselves() -> None:
    after_ana = turn([*ANA, COLON, SAID, LINE])
    assert after_ana[ANA[0]] == -Speakers.AGAIN and after_ana[TOM[0]] == 0
    after_tom = turn([*ANA, COLON, SAID, LINE, *TOM, COLON, SAID, LINE])
    assert after_tom[TOM[0]] == -Speakers.AGAIN and after_tom[ANA[0]] == 0
    assert LEVEL.tolist() == [0] * 8


def test_after_anything_but_a_speech_it_is_anybodys_turn() -> None:
    for line in ([SAID, SAID], [*ANA, SAID], [], [*ANA]):
        assert turn([*line, LINE]).tolist() == LEVEL.tolist()


def test_a_speech_that_goes_on_is_left_alone() -> None:
    assert turn([*ANA, COLON, SAID]).tolist() == LEVEL.tolist()
    assert turn([]).tolist() == LEVEL.tolist()


def test_whose_names_begin_alike_are_not_told_apart() -> None:
    speakers = Speakers(0, [[1, 2], [1, 3]], breaks=[LINE], colon=[COLON])
    assert speakers([1, 2, COLON, LINE], LEVEL).tolist() == LEVEL.tolist()
