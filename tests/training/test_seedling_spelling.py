"""Names are spelled in pieces that a model has read often enough to tell apart."""

import pytest

from training.seedling.batches import Library
from training.seedling.corpus import Story, story_key
from training.seedling.labels import Lexicon, labels_of
from training.seedling.library import open_tokenizer
from training.seedling.prepare import prepare
from training.seedling.recipe import Recipe
from training.seedling.spelling import per_million, pruned
from training.seedling.tokenizer import train_tokenizer

STORY = "Marcelline gave the water to the hen. " * 30


@pytest.fixture(scope="module")
def whole():
    return train_tokenizer([STORY], 400)


def pieces(tokenizer, text):
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    return [tokenizer.decode([token]) for token in ids]


def test_a_name_that_is_read_no_more_is_spelled_in_pieces(whole):
    assert pieces(whole, " Marcelline gave")[0] in (" Marcelline", "Marcelline")
    read = per_million(whole, ["The hen gave the water to the hen. " * 30])
    spelled = pruned(whole, read, least=100, least_capital=100)
    assert pieces(spelled, "Marcelline")[0] != "Marcelline"
    assert pieces(spelled, " water") == [" water"]


def test_what_is_often_read_and_all_it_is_put_together_from_stays(whole):
    read = per_million(whole, [STORY])
    assert pruned(whole, read, 1, 1).to_str() == whole.to_str()


def test_names_need_more_readers_than_words(whole):
    read = per_million(whole, [STORY])
    spelled = pruned(whole, read, least=1, least_capital=1e6)
    assert pieces(spelled, " hen") == [" hen"]
    assert len(pieces(spelled, "Marcelline")) > 1


@pytest.mark.parametrize("text", ["Hjördis", "你好 🙂", "<|end|>", "Marcelline  \n"])
def test_any_text_still_round_trips_and_ids_stay(whole, text):
    spelled = pruned(whole, {}, least=1, least_capital=1)
    ids = spelled.encode(text, add_special_tokens=False).ids
    assert spelled.decode(ids, skip_special_tokens=False) == text
    assert spelled.get_vocab() == whole.get_vocab()


def test_a_run_that_goes_on_keeps_its_tokenizer_unless_it_is_to_spell_anew(
    whole, tmp_path
):
    whole.save(str(tmp_path / "tokenizer.json"))
    text = "Lily had a pear. One day Lily gave it to her cat."
    story = Story(story_key(text), "tinystories", "", [text.split(". ")])
    labels = labels_of(story, Lexicon(names={"Lily"}, things={"pear"}))
    library = Library([prepare(story, labels)], [])
    asked = library, Recipe(scenes=20), tmp_path / "workshop", tmp_path
    assert open_tokenizer(*asked).to_str() == whole.to_str()
    respelled = open_tokenizer(*asked, respell=True)
    assert len(pieces(respelled, "Marcelline")) > len(pieces(whole, "Marcelline"))
