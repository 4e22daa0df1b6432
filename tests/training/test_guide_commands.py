"""The guide's two commands, from a bare clone."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command


@pytest.fixture(autouse=True)
def no_corpus(monkeypatch):
    monkeypatch.delenv("STORYLOOM_CORPUS", raising=False)


def measured(*arguments: str) -> str:
    out = StringIO()
    call_command("measure_guide", *arguments, stdout=out)
    return out.getvalue()


def test_measure_guide_says_what_it_was_held_out_from():
    said = measured()
    assert "held-out test" in said
    assert "XED was left out. No corpus was given" in said


def test_the_guide_agrees_with_passages_it_never_saw():
    written = json.loads(measured("--json"))["written"]
    assert written["top_1"]["share"] >= 0.55
    assert written["top_2"]["share"] >= 0.75
    assert min(tone["share"] for tone in written["by_tone"].values()) >= 0.4
    assert abs(written["confidence"] - written["top_1"]["share"]) <= 0.1


def test_train_guide_says_that_the_corpus_is_absent(tmp_path):
    with pytest.raises(CommandError, match="use --corpus PATH"):
        call_command("train_guide")
    with pytest.raises(CommandError, match="There is no xed_en-annotated.tsv"):
        call_command("train_guide", corpus=str(tmp_path))
