"""Target words in their forms, in different sentences."""

import pytest

from stories.lessons import plans, sentences, words
from stories.services.refused import Refused


@pytest.mark.parametrize(
    ("word", "text", "there"),
    [
        ("lantern", "Two lanterns hung there.", True),
        ("carry", "She carried it.", True),
        ("evaporate", "It was evaporating.", True),
        ("stop", "They stopped.", True),
        ("art", "The party began.", False),
        ("rain", "The train left.", False),
        ("ice cream", "An ice cream, please.", True),
    ],
)
def test_a_word_is_known_in_its_forms_and_not_inside_others(word, text, there):
    assert words.holds(text, word) is there


def test_near_copies_of_a_sentence_count_once():
    told = [
        "Mira saw the lantern in the rain.",
        "Mira saw the lantern in the rain again.",
        "The lantern went out at last.",
        "Lantern!",
    ]

    assert words.sentences_with("lantern", told) == [told[0], told[2]]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("“Stop!” said Mira. She ran.", ["“Stop!” said Mira.", "She ran."]),
        ("Mr. Okafor came. He sat.", ["Mr. Okafor came.", "He sat."]),
        ("A sign said: “Wait. Then go.” She did.", None),
    ],
)
def test_what_is_said_stays_with_who_says_it(text, parts):
    parts = parts or ["A sign said: “Wait. Then go.”", "She did."]

    assert sentences.split(text) == parts


def test_an_interest_counts_in_any_form_and_only_whole():
    assert words.interest_in("An old train stood there.", "old trains")
    assert not words.interest_in("A train stood there.", "old trains")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([{"word": "x" * 31}], "at most 30"),
        ([{"word": "<b>"}], "letters"),
        ([{"word": "a story of five words"}], "one to three"),
        ([{"word": w} for w in ("one", "two", "three", "four", "five")], "At most 4"),
        ([{"word": "lamp", "meaning": "x" * 161}], "at most 160"),
    ],
)
def test_words_that_cannot_be_targets_get_a_sentence(rows, why):
    with pytest.raises(Refused) as refused:
        plans.target_words(rows)
    assert why in refused.value.sentence


def test_a_goal_of_five_thousand_words_gets_a_sentence():
    with pytest.raises(Refused) as refused:
        plans.goal("brave " * 5000)
    assert "500" in refused.value.sentence


def test_facts_are_kept_letter_for_letter():
    fact = "H₂O boils at 100 °C — at sea level, that is"

    assert plans.facts(f"\n  {fact}  \n\n") == [fact]
