"""Whatever a person brings, the bundled model gets a prompt that fits, and writes."""

import pytest

from stories import prompts
from stories.prompts import About, Ask, Lived, Settings, Told
from training.engine import Sampling, open_engine
from training.seedling.recipe import WEIGHTS

pytestmark = pytest.mark.slow

ROOM = 24
LIVED = [
    Lived(
        n, f"I carried lamp number {n} over the hill to my aunt", who=f"Aunt Rosa {n}"
    )
    for n in range(50)
]


@pytest.fixture(scope="module")
def seedling():
    engine = open_engine(str(WEIGHTS), device="cpu", threads=1)
    yield engine
    engine.close()


def written(engine, **given):
    given = {
        "story": Settings(),
        "profile": About(),
        "experiences": [],
        "path": [],
        "ask": Ask(),
    } | given
    prompt = prompts.fit(engine=engine, room=ROOM, **given).prompt
    assert engine.length(prompt) <= engine.context - ROOM
    pieces = engine.generate(prompt, Sampling(max_tokens=ROOM, seed=5))
    return prompt, "".join(piece.text for piece in pieces)


def content(prompt) -> str:
    return "\n".join(message["content"] for message in prompt.messages)


def test_of_fifty_experiences_the_nearest_ones_are_shown(seedling):
    wish = Ask(direction="The lamp number 49 goes out.")
    prompt, text = written(seedling, experiences=LIVED, ask=wish)
    assert content(prompt).count("Experience:") == 6
    assert text.strip()


def test_of_three_thousand_words_the_last_ones_are_read(seedling):
    path = [
        Told(f"This is sentence {n} of a long day. " * 10, "person") for n in range(40)
    ]
    prompt, text = written(seedling, path=path)
    assert "sentence 39" in content(prompt) and "sentence 1 " not in content(prompt)
    assert text.strip()


def test_one_passage_of_three_thousand_words_is_shortened_from_its_beginning(seedling):
    long = " ".join(f"word{n}" for n in range(3000)) + "."
    prompt, _ = written(seedling, path=[Told(long, "person")])
    assert "word2999." in content(prompt) and "word0 " not in content(prompt)


@pytest.mark.parametrize("name", ["小明", "🌊", "ليلى", "Đặng-Łucja"])
def test_a_name_in_any_letters_reaches_the_model_whole(seedling, name):
    lived = [Lived(1, f"I met {name} by the sea", who=name)]
    prompt, text = written(seedling, experiences=lived)
    assert name in content(prompt)
    assert "\ufffd" not in text  # nobody sees half an emoji


def test_a_tone_and_a_direction_that_disagree_are_both_told(seedling):
    wish = Ask(tone="joyful", direction="My dog died.")
    prompt, text = written(seedling, ask=wish)
    assert "Tone: joyful" in content(prompt)
    assert "Direction: My dog died." in content(prompt)
    assert text.strip()


def test_an_empty_header_is_no_error_and_tells_of_nobody_else(seedling):
    written(seedling, experiences=LIVED)
    prompt, text = written(seedling)
    assert "Rosa" not in content(prompt) + text
    assert text.strip()
