"""The command that counts how many stories keep the hard asks."""

import json

import pytest
from django.core.management import CommandError, call_command

from stories.lessons import evaluation
from stories.management.commands import evaluate_lessons
from tests.stories.lessons.scribe import Scribe


@pytest.fixture(autouse=True)
def scribe(monkeypatch):
    monkeypatch.setattr(evaluate_lessons, "engine", Scribe)


def run(capsys, *words):
    call_command("evaluate_lessons", *words)
    return capsys.readouterr().out


def test_figures_are_printed_beside_their_bars(capsys):
    found = json.loads(run(capsys, "--n", "6", "--json"))

    assert found["stories"] == 6 and found["failed"] == 0
    assert found["words"] >= found["bars"]["words"]
    assert set(found["reached"]) == set(found["bars"])
    assert found["shown as reached and not so"] == 0


def test_a_model_that_writes_nothing_reaches_nothing(capsys, monkeypatch):
    class Mute(Scribe):
        def generate(self, prompt, sampling, adapters=()):
            return
            yield

    monkeypatch.setattr(evaluate_lessons, "engine", Mute)
    found = json.loads(run(capsys, "--n", "4", "--json"))

    assert found["words"] == found["level"] == 0
    assert not found["reached"]["words"]


def test_a_reader_gets_questions_with_and_without_the_text_and_no_keys(
    capsys, tmp_path
):
    run(capsys, "--n", "8", "--sheet", str(tmp_path), "--stories", str(tmp_path / "s"))

    rows = {
        name: [
            json.loads(x) for x in (tmp_path / f"{name}.jsonl").read_text().splitlines()
        ]
        for name in ("with", "without", "keys")
    }
    assert len(rows["with"]) == len(rows["without"]) == len(rows["keys"]) == 40
    assert all("key" not in row for row in rows["with"] + rows["without"])
    assert all("story" not in row for row in rows["without"])
    keys = {row["id"]: row["key"] for row in rows["keys"]}
    assert all(keys[row["id"]] in row["options"] for row in rows["with"])


def test_the_default_covers_every_level_and_pupil():
    asked = evaluation.wishes(36, 7)

    assert len(asked) == 36 and {w.level for w in asked} == set(evaluation.BANDS)
    assert len({(w.hero, w.goal, w.level) for w in asked}) == 36


def test_no_stories_at_all_is_refused():
    with pytest.raises(CommandError, match="at least 1"):
        call_command("evaluate_lessons", "--n", "0")
