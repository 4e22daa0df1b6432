"""Where one sentence ends and the next begins."""

import pytest

from training.engine.guide.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("It rained. We stayed in.", ["It rained.", "We stayed in."]),
        ('"Stop!" she said. He ran.', ['"Stop!" she said.', "He ran."]),
        ("“Who’s there?” No answer.", ["“Who’s there?”", "No answer."]),
        ("Mr. Bean met Dr. Varga. They sat.", ["Mr. Bean met Dr. Varga.", "They sat."]),
        ("So... maybe not. Well.", ["So... maybe not.", "Well."]),
        (
            "It was J. Smith. Was it I? It was I. Yes.",
            ["It was J. Smith.", "Was it I?", "It was I.", "Yes."],
        ),
        ("Really?! Yes", ["Really?!", "Yes"]),
        (
            "He said, 'Go.' \"Why?\" (Silence.) Then:",
            ["He said, 'Go.'", '"Why?"', "(Silence.)", "Then:"],
        ),
        (
            "A title\n\nFirst line\nSecond. Third",
            ["A title", "First line", "Second.", "Third"],
        ),
        ("It cost 3.50 and rose. Élan!", ["It cost 3.50 and rose.", "Élan!"]),
    ],
)
def test_a_text_is_cut_into_sentences(text, sentences):
    assert split_sentences(text) == sentences


def test_nothing_but_space_is_lost():
    text = 'The door opened. "Is it you?" asked Mara; it was. Nobody else came!'
    assert " ".join(split_sentences(text)) == text
