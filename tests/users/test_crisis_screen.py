"""The written sets are the measure: all danger is seen, and fiction is left alone."""

from pathlib import Path

import pytest

from users.safety import lines, may_need_help

HERE = Path(__file__).parent


def passages(name):
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def is_chinese(line):
    return any("\u4e00" <= c <= "\u9fff" for c in line)


def test_every_line_of_danger_is_seen():
    missed = [
        line for line in passages("crisis_positive.txt") if not may_need_help(line)
    ]
    assert missed == []


def test_the_set_of_danger_is_large_enough_in_both_languages():
    danger = passages("crisis_positive.txt")
    chinese = [line for line in danger if is_chinese(line)]
    assert len(chinese) >= 30
    assert len(danger) - len(chinese) >= 80


def test_fiction_and_memories_bring_few_false_alarms():
    fiction = passages("crisis_fiction.txt")
    alarms = [line for line in fiction if may_need_help(line)]
    assert len(fiction) >= 200
    assert len(alarms) <= 0.05 * len(fiction), alarms


@pytest.mark.parametrize(
    "text",
    [
        "The villain wants to kill everyone.",
        "I could kill for a cake.",
        "I nearly died laughing.",
        "My skilled brother killed it on stage.",
        "The diet was a dead end.",
        "",
        "   \n\n ",
        "🦊 שלום",
    ],
)
def test_a_harmless_text_is_left_alone(text):
    assert not may_need_help(text)


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to live anymore",
        "I don\u2019t want to live anymore",
        "I don\u02bct want to live anymore",
        "i dont want to live anymore",
        "I DON'T WANT TO LIVE ANYMORE!!",
        "Ｉ ｄｏｎ＇ｔ ｗａｎｔ ｔｏ ｌｉｖｅ ａｎｙｍｏｒｅ",
        "I do\u200bn't want to l\u200dive any\u00admore",
        "I don't   want\nto live\tanymore",
        "Anyway. The bus was late. I don't want to live anymore. Then I ate.",
    ],
)
def test_typography_and_case_hide_nothing(text):
    assert may_need_help(text)


def test_word_order_hides_nothing():
    assert may_need_help("I want to end my life.")
    assert may_need_help("My life, I want to end it.")
    assert may_need_help("To die is all I want.")
    assert may_need_help("All I want is to die.")


def test_words_inside_other_words_do_not_count():
    assert not may_need_help("I want to skill myself up in selfish diets.")
    assert may_need_help("I want to kill myself.")


def test_what_others_say_in_a_story_is_theirs():
    assert not may_need_help('"I want to die," she whispered.')
    assert not may_need_help("“I want to die,” said the old king.")
    assert may_need_help('"I want to die," I whispered.')
    assert not may_need_help("She had nothing to live for.")
    assert may_need_help("I have nothing to live for.")


def test_a_very_long_text_is_screened_quickly():
    import time

    text = "I want a cake, and the villain wants to kill me for it. " * 350
    start = time.perf_counter()
    assert not may_need_help(text)
    assert may_need_help(text + " I want to die.")
    assert time.perf_counter() - start < 5


def test_the_lines_of_help_say_where_and_when_they_were_checked():
    found = lines()
    assert found[0].place == "Anywhere"
    assert all(
        line.name and line.contact and line.checked.year >= 2026 for line in found
    )
    assert lines(country="cn")[0].contact == "12356"
