"""The scripted readers: they prefer what they say, between texts of equal length."""

import pytest

from training.engine.guide.passages import read_passages
from training.engine.local.simulate import simulate
from training.engine.local.tastes import ALIKE, TASTES, pairs

TEXTS = [each.text for each in read_passages()]


@pytest.mark.parametrize("name", TASTES)
def test_a_reader_chooses_by_taste_and_not_by_length(name):
    score = TASTES[name][1]
    found = pairs(name, TEXTS[1::2], 200, seed=0)
    assert len(found) == 200 == len(set(found))
    longer = 0
    for each in found:
        assert score(each.chosen) > score(each.rejected)
        chosen, rejected = len(each.chosen.split()), len(each.rejected.split())
        assert abs(chosen - rejected) <= ALIKE * max(chosen, rejected)
        longer += chosen > rejected
    assert 60 < longer < 140


def test_what_is_learnt_from_is_never_tested_on():
    seen = pairs("talk", TEXTS[0::2], 40, seed=0)
    held = pairs("talk", TEXTS[1::2], 200, seed=0)
    told = {text for each in seen for text in (each.chosen, each.rejected)}
    assert not told & {text for each in held for text in (each.chosen, each.rejected)}


def test_two_readers_are_about_meaning():
    assert sum(likes.startswith("meaning") for likes, _ in TASTES.values()) == 2
    assert len(TASTES) == 6


def test_forty_choices_teach_a_reader_and_what_is_written_is_asked_about(
    bard, one_thread
):
    asked = {"signals": 20, "held_out": 40, "passages": 2, "tastes": ["talk"]}
    found = simulate(str(bard), device="cpu", **asked)
    reader = found["readers"]["talk"]
    assert reader["held_out_pairs"] == 40
    assert reader["after"] == found["mean_after"] >= 0.7
    assert 0 <= reader["written"] <= 1
    assert set(reader["adapter"]) >= {"after", "margin_accuracy", "anchor_nats_change"}


def test_thumbs_teach_the_same_reader(bard, one_thread):
    asked = {"signals": 40, "held_out": 40, "passages": 1, "tastes": ["talk"]}
    found = simulate(str(bard), device="cpu", by_thumbs=True, **asked)
    assert found["by"] == "thumbs" and found["mean_after"] >= 0.7
