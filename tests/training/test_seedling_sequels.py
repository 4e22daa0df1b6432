"""Sequels: whatever was told, and whoever told it, it goes on in the tone asked for."""

import random
import re

import pytest

from training.seedling.corpus import Story
from training.seedling.documents import PREFACE
from training.seedling.labels import TONES, Lexicon, labels_of
from training.seedling.plots import (
    SEQUELS,
    BadPlot,
    plot_of,
    plots_in,
    read_plots,
    sequels,
)
from training.seedling.prepare import prepare
from training.seedling.scenes import passages_drawn, scene_of
from training.seedling.sequels import begun, begun_messages, teller_in, told_by
from training.seedling.telling import DAYS
from training.seedling.tokenizer import rendered

WAIT = """@ one about the soup
[opening sad]
{h} waited. | All day {h} waited.
The soup went cold. | Nobody ate the soup.
"""
NOT_SAID = re.compile(r'"[^"]*"')
COMMON = {
    "Grandmother",
    "Grandfather",
    "Mother",
    "Father",
    "June",
    "September",
    "Uncle",
    "Aunt",
    *DAYS,
    *(f"{day}s" for day in DAYS),
}
BOAT = "One day Lily had a boat. She put the boat in the pond, and Lily sang."


def stories(*texts: str):
    lexicon = Lexicon(names={"Lily", "Tom"}, things={"boat", "cake"})
    told = [Story(str(n), "tinystories", "", [[t]]) for n, t in enumerate(texts)]
    return [prepare(story, labels_of(story, lexicon)) for story in told]


def told(messages) -> list[str]:
    return [m["content"] for m in messages if m["role"] == "assistant"]


@pytest.mark.parametrize("part", ["middle", "ending"])
@pytest.mark.parametrize("tone", TONES)
def test_a_middle_and_an_ending_of_every_tone_can_follow_any_opening(part, tone):
    assert sum(passage.tone == tone for passage in sequels(part)) >= 5


@pytest.mark.parametrize("part", ["middle", "ending"])
def test_nobody_in_a_sequel_is_called_she_or_he_but_who_tells_it(part):
    told = [passage for passage in sequels(part) if len(passage.clear) < 4]
    assert not told, [passage.lines[0].tellings for passage in told]


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
    drawn = [passages_drawn(plot, "I", random.Random(seed)) for seed in range(40)]
    assert {len(passages) for passages in drawn} == {1}


def test_some_scenes_go_on_and_on_in_any_tones():
    plot = next(plot for plot in read_plots() if plot.about)
    drawn = [passages_drawn(plot, "I", random.Random(n)) for n in range(300)]
    long = [passages for passages in drawn if len(passages) > 4]
    assert 6 <= len(long) <= 40
    for passages in long:
        assert [p.part for p in passages[1:-1]] == ["middle"] * (len(passages) - 2)
    assert sum(len({p.tone for p in passages}) > 2 for passages in long) > 0.8 * len(
        long
    )


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


def test_a_beginning_in_a_persons_own_words_goes_on_with_its_hero_and_its_thing():
    about = 0
    for seed in range(60):
        found = begun(stories(BOAT), random.Random(seed))
        messages = begun_messages(stories(BOAT), random.Random(seed))
        if found is None:  # told as wanted by I or by two: this one is not
            assert messages == []
            continue
        assert found.teller == "she" and len(found.people) == 1
        texts = told(messages)
        assert messages[0]["content"].startswith(PREFACE) and len(texts) > 1
        hero = rf"\b({re.escape(found.people[0])}|[Ss]he)\b"  # no sequel has another
        assert re.search(hero, " ".join(texts[1:]))
        assert texts[0] == found.text
        about += bool(found.about) and found.about in " ".join(texts[1:])
    assert about > 15


def test_only_a_header_brings_people_and_things_that_the_beginning_has_not():
    headed = 0
    for seed in range(200):
        messages = begun_messages(stories(BOAT), random.Random(seed))
        if not messages:
            continue
        header = messages[0]["content"].removeprefix(PREFACE).strip()
        first, *later = told(messages)
        named = set(re.findall(r"(?<=[a-z,] )[A-Z]\w+(?:-[A-Z]\w+)*", " ".join(later)))
        new = {name for name in named if name not in first} - COMMON
        assert all(name in header for name in new), (new, header)
        headed += bool(new)
    assert headed > 5


@pytest.mark.parametrize(
    ("opening", "people", "teller", "clear"),
    [
        ("Lily had a boat. She was glad.", ["Lily"], "she", True),
        ("Lily had a boat. He was glad.", ["Lily"], "she", False),
        ("Lily and Tom ran.", ["Lily", "Tom"], "they", True),
        ("Lily ran, and Tom sang.", ["Lily", "Tom"], "they", False),
        ("I ran home.", [], "I", True),
        ("I ran home, and he sang.", [], "I", False),
        ("It rained.", [], "she", False),
    ],
)
def test_only_a_beginning_that_says_whom_it_is_about_is_used(
    opening, people, teller, clear
):
    assert told_by(teller, people, opening) is clear
    assert teller_in("It rained.") is None


def test_what_a_person_wrote_is_read_and_not_learnt_to_be_told():
    messages = next(
        found
        for seed in range(60)
        if (found := begun_messages(stories(BOAT), random.Random(seed)))
    )
    spoken = [text for text, learnt in rendered(messages) if learnt]
    first, *later = told(messages)
    assert first not in "".join(spoken)
    assert all(any(text in span for span in spoken) for text in later)
