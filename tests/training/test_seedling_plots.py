"""The plots that scenes are told from: each reads on, in any of its tellings."""

import random
import re
from collections import Counter

import pytest

from training.seedling.labels import TONES, teller_of
from training.seedling.plots import (
    BESIDE,
    FORMS,
    GREETED,
    SEQUELS,
    TELLERS,
    BadPlot,
    plot_of,
    plots_in,
    read_plots,
)
from training.seedling.recipe import HELD_OUT_HEADERS
from training.seedling.scenes import scene_of

PLOT = """@ one
[opening sad]
{h} waited for {n}. | All day {h} looked out for {n}.
Nobody came, and the (soup/rice) went cold.
- It began to rain.
? {place} was far away.
[ending joyful: {n} comes]
At last {n} knocked. | There was a knock, and it was {n}.
They laughed. | Both of them laughed.
"""


@pytest.fixture(scope="module")
def plots():
    return read_plots() + read_plots(SEQUELS)


@pytest.fixture(scope="module")
def sentences(plots):
    """Every telling of every line but those that plots share."""
    return [
        telling
        for plot in plots
        for passage in plot.passages
        for line in passage.lines
        for telling in line.tellings
        if telling not in (*BESIDE, *GREETED)
    ]


def test_a_plot_is_told_in_other_words_each_time_and_always_in_its_order():
    plot = plot_of(PLOT)
    texts = {" ".join(scene_of(plot, (), random.Random(n))[2]) for n in range(60)}
    assert len(texts) > 40
    assert all(re.search(r"(waited|looked out).+went cold.+", text) for text in texts)


def test_a_line_about_a_place_is_told_where_there_is_one_and_only_there():
    plot = plot_of(PLOT)
    for seed in range(40):
        telling, _, texts = scene_of(plot, (), random.Random(seed))
        cast = telling.cast
        assert ("was far away" in texts[0]) == bool(cast.place)


POEM = """@ one poem
[opening wistful]
{h} {was} late, // and shut the gate. | {h} came home late, // and shut the gate.
? {life}
The lamp was low. | The lamp burnt low.
"""
SCRIPT = """@ one script
[opening tense]
(A dark hall. {h} stops, {n} listens.) | (Night. {h} and {n} stop.)
? ({life}) | (Before this: {life})
{h}: Who is it? | {h}: Is it you, {n}?
{n}: Nobody. | {n}: The cat.
"""


def test_the_lines_of_a_poem_stand_one_under_another():
    text = scene_of(plot_of(POEM), (), random.Random(1))[2][0]
    assert re.fullmatch(r".+ late,\nand shut the gate\.\n(.+\.\n)?The lamp .+", text)


def test_a_script_is_told_of_a_he_or_a_she_who_say_what_they_say_by_name():
    for n in range(20):
        telling, _, (text,) = scene_of(plot_of(SCRIPT), (), random.Random(n))
        hero, other = telling.cast.hero, telling.cast.others[0]
        stage, *said = text.split("\n")
        assert stage.startswith("(") and telling.cast.teller in ("she", "he")
        assert [line.split(":")[0] for line in said][-2:] == [hero, other]


@pytest.mark.parametrize("form", ["", " letter"])
def test_an_i_may_note_down_two_people_and_both_are_told_of(form):
    plot, told_of_two = plot_of(PLOT.replace("@ one", f"@ one{form}")), 0
    for seed in range(200):
        telling, passages, texts = scene_of(plot, (), random.Random(seed))
        others = telling.cast.others
        told_of_two += len(others) == 2
        if len(others) == 2:
            assert telling.cast.teller == "I"
            assert all(name in texts[0] for name in others)
    assert told_of_two > 5


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (PLOT.replace("{n} knocked", "{m} knocked"), "Unknown slot"),
        (PLOT.replace("[opening sad]", "[opening gloomy]"), "Unknown part or tone"),
        (PLOT.replace("(soup/rice)", "(soup)"), "Brackets"),
        (PLOT.replace("[opening sad]", "[middle sad]"), "one opening"),
        (PLOT.replace("? {place} was", "? It was"), "needs a slot"),
        (PLOT.replace("They laughed.", 'They said "yes.'), "left open"),
    ],
)
def test_a_plot_that_cannot_be_told_says_why(wrong, what):
    with pytest.raises(BadPlot, match=what):
        plots_in(wrong)


def test_there_are_plots_for_every_teller_and_tone(plots):
    tones = Counter(p.tone for plot in plots for p in plot.passages)
    assert set(tones) == set(TONES)
    assert min(tones.values()) > 0.4 * sum(tones.values()) / len(TONES)
    assert {plot.tellers for plot in plots} == set(TELLERS)
    assert {plot.form for plot in plots} == set(FORMS)


def test_hardly_a_sentence_is_written_twice(sentences):
    twice = sum(count - 1 for count in Counter(sentences).values())
    assert twice < 0.01 * len(sentences)


def test_most_lines_have_more_than_one_telling(plots):
    lines = [line for plot in plots for p in plot.passages for line in p.lines]
    assert sum(len(line.tellings) > 1 for line in lines) > 0.95 * len(lines)


def test_every_plot_tells_of_whoever_it_is_said_to_be_about(plots):
    kept = Counter()
    for plot in plots:
        for seed in range(3):
            telling, _, texts = scene_of(plot, (), random.Random(seed))
            cast = telling.cast
            text = " ".join(texts)
            kept["all"] += 1
            kept["teller"] += teller_of(text) == cast.teller
            names = [name for part in cast.names for name in part.split(" and ")]
            kept["names"] += all(name in text for name in names)
            kept["things"] += all(thing in text for thing in cast.things)
    assert kept["names"] > 0.95 * kept["all"]
    assert kept["things"] > 0.98 * kept["all"]
    assert kept["teller"] > 0.75 * kept["all"]


def test_no_plot_preaches_or_holds_what_tests_the_model(sentences):
    held = re.findall(r'"(?:Things|Places)": "([^"]+)"', HELD_OUT_HEADERS.read_text())
    items = {re.escape(item.lower()) for value in held for item in value.split(", ")}
    never = re.compile(rf"\b(?:{'|'.join(items)}|moral|once upon a time)\b")
    found = [(m[0], t) for t in sentences if (m := never.search(t.lower()))]
    assert not found


HIM = """@ one
[opening sad]
{h} waited for Father all day, and it was {h} who made the tea.
The letter said that he would come on Friday.
[middle joyful]
Her aunt came in his place, and {h} cheered.
They drank the tea.
"""


def test_nobody_is_told_of_as_he_where_another_is():
    plot, tellers, later = plot_of(HIM), Counter(), 0
    for seed in range(200):
        telling, passages, _ = scene_of(plot, (), random.Random(seed))
        tellers[telling.cast.teller] += 1
        later += len(passages) > 1
        assert len(passages) == 1 or telling.cast.teller == "I"
    assert tellers["he"] == 0 and tellers["she"] > tellers["I"] > 20
    assert later


def test_who_was_just_named_may_be_a_pronoun_and_is_named_again_later():
    plot, seen = plot_of(HIM), Counter()
    for seed in range(200):
        telling, _, (first, *_) = scene_of(plot, (), random.Random(seed))
        if telling.cast.teller == "she":
            name = telling.cast.hero
            seen[first.count(name)] += 1
    assert set(seen) == {2}  # of one sentence
    plot, seen = plot_of(HIM.replace(", and it was {h} who", ".\n{h}")), Counter()
    for seed in range(200):
        telling, _, (first, *_) = scene_of(plot, (), random.Random(seed))
        if telling.cast.teller == "she":
            seen[first.count(telling.cast.hero)] += 1
    assert set(seen) == {1, 2} and seen[1] > seen[2] > 0
