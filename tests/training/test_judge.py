"""The judge: apart from the guide, and right about what anyone would hear."""

import ast
from pathlib import Path

import numpy as np
import pytest

from training.engine import judge as room
from training.engine.guide.labels import CorpusMissing
from training.engine.guide.passages import half, read_passages
from training.engine.judge import open_judge
from training.engine.judge.features import stems
from training.engine.judge.judge import read_judge, save_judge
from training.engine.judge.labels import Comment, heard, read_comments, written
from training.engine.judge.train import agreement
from training.engine.judge.trigrams import Trigrams, perplexity

HERE = Path(room.__file__).parent


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("They laughed and danced, and everyone was so happy and glad.", 1),
        ("She hugged him and thanked him with all her love.", 1),
        ("He cried alone. His heart was broken, and he was so sad.", -1),
        ("I was terrified and angry, and they hurt me.", -1),
    ],
)
def test_it_hears_the_side_of_plain_feelings(text, side):
    assert open_judge().read(text).valence * side > 0


@pytest.mark.parametrize("text", ["", "1234", "春天来了，孩子们在院子里。"])
def test_it_says_nothing_of_what_it_cannot_judge(text):
    assert open_judge().read(text) is None


def test_it_was_never_shown_what_the_guide_learnt_from():
    """Its code reads the judge's half only, no XED, no lexicon, no story corpus."""
    source = "".join(path.read_text() for path in HERE.glob("*.py"))
    command = Path("training/management/commands/train_judge.py").read_text()
    assert 'half("judge")' in source and 'half("guide")' not in source + command
    for known in ("read_xed", "vader", "company"):
        assert known not in source.lower()
    shown = {passage.text for passage in written()}
    assert open_judge().about["passages"] == len(shown)
    assert not shown & {passage.text for passage in half("guide")}


def test_the_guide_never_learns_from_what_was_written_for_the_judge():
    own = {passage.text for passage in read_passages(HERE / "passages.jsonl")}
    assert not own & {passage.text for passage in read_passages()}
    for path in (HERE.parent / "guide").glob("*.py"):
        assert "judge.labels" not in path.read_text()


def test_it_hears_what_readers_hear_and_was_not_shown_it():
    """343 passages of our models, by readers who did not know what was asked for."""
    judge, passages = open_judge(), heard()
    assert not {p.text for p in passages} & {p.text for p in written()}
    assert agreement(judge, passages) == judge.about["readers"]
    assert judge.about["readers"]["top_1_of_six"] > 0.7


def test_nothing_that_writes_imports_the_judge():
    for path in (HERE.parent / "regulator").glob("*.py"):
        names = [
            node.module or ""
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom)
        ]
        assert not any("judge" in name for name in names), path


def test_it_comes_back_from_its_file_as_it_was(tmp_path):
    judge = open_judge()
    save_judge(judge, tmp_path)
    again = read_judge(tmp_path)
    assert again.vocabulary == judge.vocabulary and again.about == judge.about
    assert np.array_equal(again.table, judge.table)


def test_what_is_denied_is_another_word():
    assert "!happy" in stems("She was not happy.")
    assert "!happy" not in stems("She was not there. She was happy!")[5:]
    assert "happy" in stems("She was happy!")


def test_comments_are_read_with_their_tones(tmp_path):
    (tmp_path / "emotion").mkdir()
    (tmp_path / "emotion" / "goemotions_labels.txt").write_text("joy\nsadness\nfear\n")
    (tmp_path / "emotion" / "goemotions_train.tsv").write_text(
        "So glad\t0\tx1\nBoth\t0,1\tx2\nJust so\t3\tx3\n"
    )
    found = list(read_comments(tmp_path, "learn"))
    assert found[0] == Comment("So glad", ("joy",)) and found[0].sign == 1
    assert found[1].tone is None and found[1].sign is None
    assert found[2].tone == "neutral" and found[2].sign == 0
    with pytest.raises(CorpusMissing):
        list(read_comments(tmp_path, "measure"))


def test_trigrams_find_odd_words_odd():
    model = Trigrams(["The dog ran to the river. The dog ran home."] * 20)
    known = perplexity(model, ["The dog ran to the river."])
    assert known < perplexity(model, ["River the to ran dog the."]) / 3
    assert perplexity(model, [""]) is None


@pytest.mark.parametrize("name", ["neutral", "opposing"])
def test_there_are_a_hundred_and_twenty_openings_of_each_kind(name):
    from stories.evaluating.openings import read

    found = read(HERE / "openings" / f"{name}.jsonl")
    assert len(found) == 120 == len({opening.text for opening in found})
    moods = [opening.mood for opening in found]
    if name == "opposing":
        assert moods.count("bright") == moods.count("dark") == 60
    else:
        assert set(moods) == {"neutral"}
