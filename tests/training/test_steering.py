"""What the bundled model is helped to say, with its own tokenizer."""

import pytest
import torch
from transformers import AutoTokenizer

from training.engine.base import Message, Prompt, Sampling
from training.engine.local.chat import Chat
from training.engine.local.steering import Steering
from training.seedling.recipe import WEIGHTS

NOTED = "I kept the change from the bread all year."
HEADER = f"Write only the story.\n\nTeller: I\nExperience: {NOTED}"


@pytest.fixture(scope="module")
def chat() -> Chat:
    return Chat(AutoTokenizer.from_pretrained(WEIGHTS))


@pytest.fixture
def said(chat):
    """The likeliest token after a passage, where the model would say `best`."""

    def after(
        text: str,
        best: str,
        *,
        turns: tuple[str, ...] = (),
        but: str = "",
        **asked: tuple[str, ...],
    ) -> str:
        messages: list[Message] = [{"role": "system", "content": HEADER}]
        for turn in turns:
            messages.append({"role": "user", "content": "Part: middle"})
            messages.append({"role": "assistant", "content": turn})
        messages.append({"role": "user", "content": "Part: middle\nTone: sad"})
        prompt = Prompt(tuple(messages), **asked)
        ids = chat.encode(prompt)
        steering = Steering(chat, {"name_bias": 1.0, "wanted_bias": 4.5})
        scores = torch.full((4096,), -9.0)
        scores[chat.ids(best)[0]] = 6.0
        if but:
            scores[chat.ids(but)[0]] = 5.0
        history = [*ids, *chat.ids(text)]
        for process in steering.of(prompt, ids, Sampling(max_tokens=99, seed=1)):
            scores = process(history, scores)
        return chat.decode([int(scores.argmax())])

    return after


def test_a_name_of_one_token_lets_other_words_begin_a_passage(said):
    assert said("Th", "e", names=("Val",)) == "e"


@pytest.mark.parametrize("name", ["Fausta", "Fausthaven"])
def test_a_usual_word_is_told_where_a_name_begins_like_it(said, name):
    assert said("It was late. F", "or", names=(name,)) == "or"
    assert said("It was late. F", "or", places=(name,)) == "or"
    assert said("F", "or", names=(name,)) == "or"


def test_what_begins_no_usual_word_is_the_name(said):
    assert said("It was late. F", "j", but="au", names=("Fausta",)) == "au"
    assert said("It was late. F", "j", but="au") == "j"


def test_a_usual_word_that_shares_more_with_a_name_is_told_as_well(said):
    assert said("It was late. Fin", "ally", names=("Finn",)) == "ally"


def test_an_experience_is_told_to_its_end_before_what_is_wanted(said):
    text = "Once I kept the change"
    assert said(text, " bread", but=" from", wanted=("bread",)) == " from"
    assert said(text, " bread", wanted=("bread",)) == " bread"
    told = f"{NOTED} And now {text}"
    assert said(told, " bread", but=" from") == " bread"


def test_no_story_is_quoted_but_the_experience_is_told_once(said):
    turns = ("I woke early and the house was still.",) + ("We sang.",) * 11
    text = "That day I woke early and"
    assert said(text, " then", but=" the", turns=turns) == " then"
    earlier = (NOTED, "We sang.")
    text = "I thought of how I kept the change"
    assert said(text, " bread", but=" from", turns=earlier) == " bread"
    assert said(text, " bread", but=" from", turns=("We sang.",)) == " from"
