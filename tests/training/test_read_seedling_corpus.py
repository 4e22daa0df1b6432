"""What `read_seedling` makes of a corpus: what ships, held-out bits, blind sheets."""

import csv
import json
from collections import Counter

import pytest

from training.seedling.corpus import is_held_out, story_key
from training.seedling.reading import blind, copied, corpus_side, prose
from training.seedling.reading.headers import HeldOut, Passage, Story
from training.seedling.recipe import WEIGHTS

# --- what is made from a corpus ---------------------------------------------------


@pytest.fixture
def corpus(tmp_path):
    """Many small stories of one kind, some of them held out by their hash."""
    folder = tmp_path / "stories"
    folder.mkdir()
    for source in ("tinystories", "pratham_books", "fairytales"):
        stories = [
            f"One day Lily counted {n} {source} pears under the old tree. "
            f"Then Lily ate pear {n} and laughed and went slowly home to bed. " * 4
            for n in range(200)
        ]
        text = "<|endoftext|>".join(stories)
        (folder / f"{source}.txt").write_text(text, encoding="utf-8")
    return corpus_side.open_corpus(str(tmp_path), tmp_path)


def test_what_ships_is_made_from_what_was_read_only(corpus, tmp_path):
    assert corpus.held_out and len(corpus.trained) > 300
    corpus_side.build(corpus, lambda line: None, tmp_path)
    known = copied.Known.read(tmp_path / "copied.npz")
    read = corpus.trained[0].text
    assert copied.longest_known(read, known)
    assert "made" in json.loads((tmp_path / "human.json").read_text("utf-8"))


def test_held_out_means_what_training_means(corpus):
    assert all(is_held_out(p.key) for p in corpus.held_out)
    assert not any(is_held_out(p.key) for p in corpus.trained)
    assert story_key(corpus.held_out[0].text) != corpus.trained[0].key


def test_the_reference_that_ships_says_how_it_was_made():
    shipped = json.loads(prose.HUMAN.read_text(encoding="utf-8"))
    assert "--index" in shipped["made"] and shipped["texts"]["human"] >= 150
    assert set(shipped["distinct_3"]["human"]) == set(map(str, prose.POOLS))


def test_held_out_bits_are_read_as_in_training(corpus):
    held = [p for p in corpus.held_out if p.source == "tinystories"][:2]
    found = corpus_side.bits_per_byte(WEIGHTS, held, "tinystories")
    assert 0.2 < found < 8
    assert corpus_side.bits_per_byte(WEIGHTS, held, "first_person") is None


# --- the blind reader -------------------------------------------------------------


@pytest.fixture
def sheets(corpus, tmp_path):
    told = [
        Story(
            HeldOut(str(n), {"Teller": "she", "Level": "rich", "Names": f"Nu{n}"}, []),
            [Passage(f"Nu{n} walked home and " * 6, True)],
        )
        for n in range(3)
    ]
    folder = tmp_path / "blind"
    written = blind.write(told, corpus.trained[:40], folder)
    return folder, written


def test_the_blind_reader_is_not_told_who_wrote_what(sheets):
    folder, written = sheets
    texts = sorted(folder.glob("[0-9]*.txt"))
    assert len(texts) == written == 6
    assert not [path for path in folder.iterdir() if "key" in path.name]
    assert not any(
        word in path.read_text("utf-8")
        for path in texts
        for word in ("model", "corpus", "Level:")
    )
    assert Counter(json.loads(blind.key_of(folder).read_text("utf-8")).values()) == {
        "model": 3,
        "corpus": 3,
    }


def filled(folder, path, say):
    key = json.loads(blind.key_of(folder).read_text("utf-8"))
    with path.open("w", newline="", encoding="utf-8") as out:
        sheet = csv.writer(out)
        sheet.writerow(["text", *blind.QUESTIONS])
        sheet.writerows(
            [t, *(say(who, q) for q in blind.QUESTIONS)] for t, who in key.items()
        )
    return path


def test_the_answers_are_scored_by_who_wrote_the_text(sheets, tmp_path):
    folder, _ = sheets

    def say(who, question):
        return "n" if who == "model" and question in ("cause", "read_on") else "y"

    found = blind.score(filled(folder, tmp_path / "answers.csv", say), folder)
    named = {figure.name: figure for figure in found}
    assert named["coherence read blind, model"].value == 0.6
    assert named["coherence read blind, model"].verdict == "not reached"
    assert named["- cause, model"].value == 0.0
    assert named["coherence read blind, corpus"].value == 1.0


def test_an_unanswered_question_is_not_counted_as_no(sheets, tmp_path):
    folder, _ = sheets
    path = filled(folder, tmp_path / "answers.csv", lambda who, question: "")
    with pytest.raises(ValueError, match="has no y or n for grammar"):
        blind.score(path, folder)
