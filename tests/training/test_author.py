"""`learn_author` and `compare_authors`: the same pipeline, from a file."""

import json
import random
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from training.learning.author import beginning, parts_of, rivalry


def prose(seed: int) -> str:
    dice = random.Random(seed)
    words = ["".join(dice.choices("abcdeimorst", k=4)) for _ in range(25)]
    passages = (" ".join(dice.choices(words, k=50)) + "." for _ in range(40))
    return "\n\n".join(passages)


def test_learn_author_prints_what_was_learnt(tiny, tmp_path):
    file = tmp_path / "author.txt"
    file.write_text(prose(1))
    out = StringIO()
    keep = tmp_path / "kept"
    call_command("learn_author", str(file), json=True, keep=keep, stdout=out)
    found = json.loads(out.getvalue())
    assert found["perplexity_drop"] > 0.1
    assert found["voice_perplexity"] < found["base_perplexity"]
    assert found["held_out_tokens"] > 100 and found["tokens_per_second"] > 0
    assert set(found["gates"]) >= {"better", "style", "memory", "integrity", "serving"}
    assert (keep / "adapter_config.json").exists()


def test_each_of_two_authors_is_best_known_by_their_own_voice(tiny, tmp_path):
    files = []
    for number in range(2):
        files.append(tmp_path / f"author{number}.txt")
        files[-1].write_text(prose(number))
    out = StringIO()
    call_command("compare_authors", *map(str, files), json=True, stdout=out)
    found = json.loads(out.getvalue())
    assert (found["leading"], found["of"]) == (2, 2)
    assert found["authors"]["author0"]["best_other"] == "author1"


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"Too little to learn from."])
def test_a_file_that_cannot_be_learnt_is_said_in_words(tiny, tmp_path, content):
    file = tmp_path / "author.txt"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=r"\.$"):
        call_command("learn_author", str(file), json=True)


def test_the_parts_are_contiguous_and_of_the_length_asked_for():
    train, valid, test, used = parts_of(prose(3), len, 8000)
    texts = [each.text for each in (*train, *valid, *test)]
    assert "\n\n".join(texts) == prose(3)[: len("\n\n".join(texts))]
    assert 7000 < used <= 8000
    assert len(test) >= 2 and len(train) > 5 * len(test)


def test_a_beginning_is_never_empty():
    assert beginning(["a long passage"], len, 3) == (["a long passage"], 14)


def test_the_lead_is_over_the_best_other_author():
    found = rivalry(["a", "b", "c"], [[5, 4, 4.5, 4.2], [5, 4, 4, 5], [5, 3, 4, 2.9]])
    rows = found["authors"]
    assert rows["a"]["best_other"] == "c" and rows["a"]["lead"] > 0.05
    assert rows["b"]["lead"] == 0 and rows["c"]["best_other"] == "a"
    assert found["leading"] == 2
