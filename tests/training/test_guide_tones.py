"""The list of tones, and the passages written for them."""

import re
from collections import Counter

import pytest

from stories.models import Tone as StoryTone
from training.engine.guide.measure import Guide
from training.engine.guide.passages import half, read_passages
from training.engine.guide.tones import Tone, read_tones
from training.engine.guide.weights import read_weights
from users.choices import TONES

PASSAGES = list(read_passages())


def test_every_tone_has_a_description_and_a_region():
    for tone in read_tones():
        assert len(tone.description.split()) >= 5
        assert tone.distance(*tone.centre) == 0


def test_guide_stories_and_profiles_speak_of_the_same_tones():
    names = [tone.name for tone in read_tones()]
    assert names == list(TONES) == StoryTone.values


def test_no_two_tones_share_a_centre():
    tones = read_tones()
    for tone in tones:
        nearest = min(tones, key=lambda other: other.distance(*tone.centre))
        assert nearest is tone


def test_a_region_off_the_scale_is_refused():
    with pytest.raises(ValueError, match="within -1 and 1"):
        Tone("ecstatic", "Beyond the scale.", (0.5, 1.5), (0, 1))


def test_an_added_tone_is_ranked_by_its_region():
    playful = Tone("playful", "Light and teasing.", (0.5, 0.95), (0.3, 0.95))
    guide = Guide(read_weights(), [*read_tones(), playful])
    reading = guide.measure(
        "They danced and laughed in the kitchen, and the puppy jumped up, barking, and "
        "everybody cheered and clapped and danced some more!"
    )
    assert "playful" in [name for name, _ in reading.tones[:2]]


def test_a_removed_tone_is_never_read():
    guide = Guide(read_weights(), [t for t in read_tones() if t.name != "sad"])
    shares = dict(guide.measure("He wept at his daughter's grave.").tones)
    assert "sad" not in shares
    assert sum(shares.values()) == pytest.approx(1, abs=0.01)


def test_every_tone_has_its_passages():
    counts = Counter(passage.tone for passage in PASSAGES)
    assert set(counts) == {tone.name for tone in read_tones()}
    assert all(counts[tone] >= 44 for tone in counts if tone != "neutral")
    assert counts["neutral"] >= 36


def test_passages_are_of_a_length():
    for passage in PASSAGES:
        assert 30 <= len(passage.text.split()) <= 80, passage.id


def test_no_two_passages_open_alike():
    openings = Counter(
        tuple(re.findall(r"\w+", passage.text.lower())[:4]) for passage in PASSAGES
    )
    assert [words for words, n in openings.items() if n > 1] == []


def test_ids_are_unique_and_name_the_tone():
    assert len({passage.id for passage in PASSAGES}) == len(PASSAGES)
    assert all(passage.id.startswith(passage.tone + "-") for passage in PASSAGES)


def test_the_split_is_stable_and_fair():
    halves = {passage.id: passage.half for passage in PASSAGES}
    # these must never move: the judge was made from its half
    assert halves["joyful-01"] == halves["wistful-01"] == "guide"
    assert halves["sad-03"] == "judge"
    assert len(half("guide")) + len(half("judge")) == len(PASSAGES)
    for which in ("guide", "judge"):
        counts = Counter(passage.tone for passage in half(which))
        assert min(counts.values()) >= 20
