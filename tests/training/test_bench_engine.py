"""The bench itself: its figures are whole, and its yardsticks measure what they say."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from training.engine.local import bench


@pytest.mark.slow
def test_bench_engine_prints_every_promised_ratio() -> None:
    out = StringIO()
    options = {"rounds": 1, "tokens": 40, "new": 4, "many": 2}
    call_command("bench_engine", shape="tiny", json=True, stdout=out, **options)
    figures = json.loads(out.getvalue())
    assert set(bench.RATIOS) <= set(figures)
    assert figures["prompt_tokens"] == 40
    assert all(figures[name] > 0 for name in bench.RATIOS)


def test_ratios_are_taken_within_a_round_and_of_the_best_rounds() -> None:
    rounds = [dict.fromkeys(("a", "b"), 1.0) for _ in range(3)]
    for row, (ours, theirs) in zip(rounds, [(2, 1), (3, 3), (8, 2)], strict=True):
        for mine, yardstick in bench.RATIOS.values():
            row[mine], row[yardstick] = ours, theirs
    figures = bench.summary(rounds)
    assert figures["one_first_ratio"] == 2
    assert figures["one_first_ratio_of_best"] == 2
    assert figures["many_rate_ratio_of_best"] == round(8 / 3, 4)


def test_a_word_is_a_token_on_the_benchmark_shapes() -> None:
    tokenizer = bench.word_tokenizer(50)
    assert tokenizer("w7 w3")["input_ids"] == [7, 3]
    words = bench.words_prompt(9, seed=1).messages[0]["content"]
    assert len(tokenizer(words)["input_ids"]) == 9
