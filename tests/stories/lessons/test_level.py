"""How hard a text is: known texts, and where nothing is told."""

import socket

import pytest

from stories.lessons import level, level_zh
from stories.lessons.compose import report
from stories.lessons.values import Wish

EASY = (
    "The cat sat on the mat. It was a big red mat. Tom saw the cat. He had a toy fish. "
    "He put it down by the mat. The cat ran to get it. Tom and the cat had fun. "
) * 3
HARD = (
    "Photosynthesis is the process by which green plants transform carbon dioxide and "
    "water into nourishment, using the considerable energy of the sunlight that their "
    "leaves absorb; consequently, practically every living creature depends upon it, "
    "whether directly or by consuming others that have consumed vegetation before. "
) * 3


def test_a_simple_text_is_for_first_readers_and_a_learned_one_is_beyond_all():
    easy, hard = level.measure(EASY), level.measure(HARD)

    assert easy.is_in("starter") and not easy.is_in("middle")
    assert hard.middle > 12 and not any(map(hard.is_in, level.BANDS))


def test_a_level_is_a_band_of_several_formulas_and_never_one_number():
    found = level.measure(EASY)

    assert len(found.formulas) == 5
    assert found.low <= found.middle <= found.high
    assert found.low > min(found.formulas.values()) or found.low == found.middle


@pytest.mark.parametrize("text", ["", "The cat sat.", "春天来了。" * 100])
def test_nothing_is_told_where_nothing_can_be_told(text):
    assert level.measure(text) is None


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("cat", 1), ("lantern", 2), ("evaporate", 4), ("courage", 2), ("table", 2),
        ("liked", 1), ("wanted", 2), ("boxes", 2), ("little", 2), ("people", 2),
        ("played", 1), ("nation", 2), ("curious", 3), ("lion", 2), ("idea", 3),
        ("the", 1), ("rhythm", 1), ("beautiful", 3), ("don’t", 1), ("fire", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_one_hears_them(word, syllables):
    assert level.syllables_of(word) == syllables


def test_the_name_of_the_hero_makes_no_text_harder():
    text = EASY.replace("Tom", "Bartholomew")

    assert (
        level.measure(text, ("Bartholomew",)).middle
        == level.measure(EASY.replace("Tom", "Sam")).middle
    )


def test_a_level_is_measured_without_any_network(monkeypatch):
    def no_network(*_):
        raise AssertionError("asked for the network")

    monkeypatch.setattr(socket, "socket", no_network)
    assert level.measure(EASY)


def test_chinese_is_told_by_its_characters_and_never_as_a_target_reached():
    text = "我每天早上七点起床，然后去公园跑步。小明很高兴。" * 3
    sentences = [text]

    told = report(text, sentences, Wish(hero="小明", level="easy")).level

    assert told["chinese"]["hsk"] == "3" and told["reached"] is False
    assert "middle" not in told
    assert level_zh.measure("The cat sat on the mat.") is None
