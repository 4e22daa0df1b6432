"""Sequels: whatever was told, and whoever told it, it goes on in the tone asked for."""

import random
import re

import pytest

from training.seedling.labels import TONES
from training.seedling.plots import (
    SEQUELS,
    BadPlot,
    plot_of,
    plots_in,
    read_plots,
    sequels,
)
from training.seedling.scenes import passages_drawn, scene_of

WAIT = """@ one about the soup
[opening sad]
{h} waited. | All day {h} waited.
The soup went cold. | Nobody ate the soup.
"""
NOT_SAID = re.compile(r'"[^"]*"')


@pytest.mark.parametrize("part", ["middle", "ending"])
@pytest.mark.parametrize("tone", TONES)
def test_a_middle_and_an_ending_of_every_tone_can_follow_any_opening(part, tone):
    assert sum(passage.tone == tone for passage in sequels(part)) >= 5


def test_a_sequel_remembers_what_the_opening_was_about():
    plot, found = plot_of(WAIT), 0
    for seed in range(600):
        _, passages, texts = scene_of(plot, (), random.Random(seed))
        later = " ".join(texts[1:])
        assert "{" not in later
        found += bool(later) and "the soup" in later.lower()
        assert all(passage in sequels(passage.part) for passage in passages[1:])
    assert found > 30


def test_what_is_about_nothing_has_no_sequel():
    plot = plot_of(WAIT.replace(" about the soup", ""))
    drawn = [passages_drawn(plot, random.Random(seed)) for seed in range(40)]
    assert {len(passages) for passages in drawn} == {1}


def test_nobody_to_whom_a_letter_is_written_comes_by_in_it():
    plot = plot_of(WAIT.replace("@ one", "@ one letter"))
    for seed in range(60):
        telling, _, texts = scene_of(plot, (), random.Random(seed))
        for name in telling.cast.others[:1]:
            assert name not in " ".join(texts)


def test_two_people_are_they_in_a_sequel():
    for plot in read_plots(SEQUELS):
        texts = [scene_of(plot, (), random.Random(seed)) for seed in range(12)]
        they = [" ".join(t) for told, _, t in texts if told.cast.teller == "they"]
        assert they
        assert not re.search(
            r"\bthey was\b|\bI was\b", NOT_SAID.sub("", " ".join(they))
        )


@pytest.mark.parametrize(
    "wrong",
    [
        WAIT.replace("@ one about the soup", "@ any"),
        "@ any\n[middle sad]\nIt rained.\nIt snowed.\n[ending sad]\nA.\nB.\n",
    ],
)
def test_a_sequel_is_one_later_passage_and_no_more(wrong):
    with pytest.raises(BadPlot, match="A sequel is one passage"):
        plots_in(wrong)
