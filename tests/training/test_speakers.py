"""Whose turn it is in a script."""

import torch

from training.engine.local.speakers import Speakers

ANA, TOM, SAID, COLON, LINE = [1, 2], [3], 4, 5, 6
LEVEL = torch.zeros(8)


def turn(written: list[int]) -> torch.Tensor:
    return Speakers(1, [ANA, TOM], breaks=[LINE], colon=[COLON])([0, *written], LEVEL)


def test_nobody_answers_themselves() -> None:
    scores = LEVEL.clone()
    scores[ANA[0]] = 5.0  # the model would have Ana go on
    speakers = Speakers(1, [ANA, TOM], breaks=[LINE], colon=[COLON])
    after_ana = speakers([0, *ANA, COLON, SAID, LINE], scores)
    assert after_ana[TOM[0]] == 5.0 and after_ana[ANA[0]] == 5.0 - Speakers.AGAIN
    after_tom = turn([*ANA, COLON, SAID, LINE, *TOM, COLON, SAID, LINE])
    assert after_tom[TOM[0]] == -Speakers.AGAIN and after_tom[ANA[0]] == 0
    assert LEVEL.tolist() == [0] * 8


def test_who_is_alone_in_a_script_goes_on_speaking() -> None:
    alone = Speakers(1, [ANA], breaks=[LINE], colon=[COLON])
    assert alone([0, *ANA, COLON, SAID, LINE], LEVEL).tolist() == LEVEL.tolist()


def test_after_anything_but_a_speech_it_is_anybodys_turn() -> None:
    for line in ([SAID, SAID], [*ANA, SAID], [], [*ANA]):
        assert turn([*line, LINE]).tolist() == LEVEL.tolist()


def test_a_speech_that_goes_on_is_left_alone() -> None:
    assert turn([*ANA, COLON, SAID]).tolist() == LEVEL.tolist()
    assert turn([]).tolist() == LEVEL.tolist()


def test_names_that_begin_alike_part_where_they_differ() -> None:
    zoe, zack = [1, 2], [1, 3]
    speakers = Speakers(0, [zoe, zack], breaks=[LINE], colon=[COLON])
    after_zoe = [*zoe, COLON, LINE]
    assert speakers(after_zoe, LEVEL).tolist() == LEVEL.tolist()
    assert speakers([*after_zoe, 1], LEVEL)[2] == -Speakers.AGAIN
    assert speakers([*after_zoe, 1, 3], LEVEL).tolist() == LEVEL.tolist()
