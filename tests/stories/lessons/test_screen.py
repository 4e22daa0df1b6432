"""What must be looked at before a child reads it."""

import pytest

from stories.lessons.screening import flags_of


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("The man had a gun.", "unsuitable"),
        ("Their old dog died.", "unsuitable"),
        ("“You are so stupid,” she said.", "unsuitable"),
        ("I want to kill myself.", "crisis"),
        ("Then Tobi came along.", "classmate"),
        ("Write to me@example.org now.", "contact"),
        ("See https://example.org for more.", "contact"),
        ("Call 0123456789 today.", "contact"),
    ],
)
def test_what_a_teacher_must_see_is_marked_with_its_sentence(text, rule):
    story = f"It was a fine day. {text} They went home."
    flags = flags_of(story, hero="Mira", others=["Mira", "Tobi"])

    assert rule in {flag["rule"] for flag in flags}
    assert all(flag["quote"] in story for flag in flags)


@pytest.mark.parametrize(
    "text",
    [
        "Mira skilled her hands with clay.",
        "The grass was green and the hello was loud.",
        "Will it rain? It will.",
        "A rose stood in the drumming rain.",
        "They had grape juice and a diet of bread.",
    ],
)
def test_harmless_words_are_left_alone(text):
    assert flags_of(text, hero="Mira", others=["Will", "Rose", "Tobi"]) == []


def test_a_name_that_is_also_a_word_is_seen_inside_a_sentence():
    assert flags_of("Then came Will and Rose.", others=["Will", "Rose"])
