"""The words by which a model is told a tone: searched for, kept, used."""

import json

import pytest
from django.core.management import CommandError, call_command

from stories import prompts
from stories.arcs.voice import contrasted
from stories.evaluating import tuning
from stories.evaluating.openings import SIX, Opening
from stories.prompts import phrasing
from tests.training.engines import save_tiny
from training.engine import EchoEngine, Piece

MOOD = "The mood is now {tone}: {meaning}."
SAID = {
    "joyful": "They laughed and danced at the party, so happy and so glad.",
    "tender": "She tucked the blanket around him and held his small hand.",
    "hopeful": "Tomorrow they would try again, and it might still turn out well.",
    "wistful": "Long ago there had been an orchard here; she remembered it fondly.",
    "tense": "Something moved in the dark, and she ran, but the door was locked!",
    "sad": "He wept alone at the grave, and nothing could ease his grief.",
}


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """A file of one's own for what is kept."""
    file = tmp_path / "tuned.json"
    file.write_text("{}")
    monkeypatch.setattr(phrasing, "TUNED", file)
    phrasing.tuned.cache_clear()
    yield file
    phrasing.tuned.cache_clear()


class Choosy(EchoEngine):
    """Listens to one way of asking only, and says a name in another."""

    def generate(self, prompt, sampling, adapters=()):
        ask = prompt.messages[-1]["content"]  # it ends after one sentence
        tone = next(name for name in SIX if name in ask)
        listens = f"The mood is now {tone}: " in ask
        said = SAID[tone if listens else "sad"]
        yield Piece(said if "Forget" in ask else f"Mara knew: {said}", 12, "end")


def search(lines):
    opening = Opening("a", "neutral", "Mara walked to the mill with Tom.")
    options = {"seeds": 1, "max_tokens": 40, "say": lambda line: None}
    return tuning.try_out(Choosy(), [opening], lines, **options)


def build(engine, tone="wistful"):
    path = [prompts.Told("It rained.", "model", "sad")]
    return prompts.fit(
        engine=engine,
        room=50,
        story=prompts.Settings(),
        profile=prompts.About(),
        experiences=(),
        path=path,
        ask=prompts.Ask(tone=tone),
    ).prompt


def test_the_words_that_a_model_listens_to_are_the_best():
    tried = search([phrasing.PLAIN, MOOD])
    assert [one.n for one in tried] == [6, 6]
    assert tried[0].score == pytest.approx(1 / 6, abs=0.01) and tried[0].worst == 0
    assert tried[1].score > 0.6
    assert tuning.best_of(tried).line == MOOD


def test_words_that_cost_names_are_not_taken():
    tried = search([phrasing.PLAIN, f"Forget them. {MOOD}"])
    assert tried[1].score > tried[0].score and tried[1].names < tried[0].names
    assert tuning.best_of(tried).line == phrasing.PLAIN


def test_the_worst_tone_decides_between_equals_and_a_tie_changes_nothing():
    plain = tuning.Tried("a", 0.5, 0.1, 1.0, 6)
    fairer = tuning.Tried("b", 0.5, 0.2, 1.0, 6)
    assert tuning.best_of([plain, fairer]) is fairer
    assert tuning.best_of([plain, tuning.Tried("c", 0.5, 0.1, 1.0, 6)]) is plain


def test_what_is_kept_for_a_model_is_what_it_is_told():
    engine = EchoEngine()
    asked = [m["content"] for m in build(engine).messages if m["role"] == "user"]
    assert "Tone: sad" in asked[0] and "Tone: wistful" in asked[1]
    phrasing.keep("echo", {"line": MOOD})
    asked = [m["content"] for m in build(engine).messages if m["role"] == "user"]
    assert "The mood is now sad: heavy: loss" in asked[0]
    assert "The mood is now wistful: looking back" in asked[1]
    assert not any("Tone:" in ask for ask in asked)


def test_the_opposite_is_asked_for_in_the_same_words():
    phrasing.keep("echo", {"line": MOOD})
    target = {"tone": "sad", "as": "sad", "strength": 1.0}
    prompt = build(EchoEngine(), tone="sad")
    against = contrasted(prompt, target, 0.6, phrasing.phrasing_for("echo")).against
    assert "The mood is now joyful: bright" in against[-1]["content"]
    assert "sad" not in against[-1]["content"]
    assert not contrasted(prompt, target, 0.6).against  # it was not asked like this


def test_the_bundled_model_keeps_the_words_it_was_taught():
    phrasing.keep("seedling", {"line": MOOD})
    assert phrasing.phrasing_for("seedling") == phrasing.PLAIN


def test_all_that_is_tried_names_the_tone_on_one_line():
    lines = phrasing.phrasings()
    assert lines[0] == phrasing.PLAIN and len(set(lines)) == len(lines) > 3
    for line in lines:
        said = [phrasing.tone_line(line, tone) for tone in SIX]
        assert all(tone in one for tone, one in zip(SIX, said, strict=True))
        assert not any("\n" in one or "{" in one for one in said)


def test_a_tone_that_only_a_person_knows_is_told_by_its_name():
    assert phrasing.tone_line(MOOD, "{salt}") == "The mood is now {salt}: {salt}."


@pytest.fixture
def tune(capsys, tmp_path):
    file = tmp_path / "prompts.jsonl"
    file.write_text(json.dumps({"id": 1, "prompt": "Nadia put the kettle on."}))

    def run(*words):
        call_command("tune_tone_prompt", "--prompts", str(file), *words)
        return capsys.readouterr().out

    return run


@pytest.fixture
def tiny(tmp_path):
    """Random weights with a chat template, as an instruct model has."""
    config = save_tiny(tmp_path / "tiny") / "config.json"
    settings = json.loads(config.read_text()) | {"max_position_embeddings": 1024}
    config.write_text(json.dumps(settings))
    return str(tmp_path / "tiny")


def test_the_command_keeps_the_best_for_a_model_with_a_template(tune, tiny, kept):
    words = ("--model", tiny, "--max-tokens", "12", "--json")
    found = json.loads(tune(*words))
    assert found["model"] == "tiny" and found["kept"] is True
    lines = [row["line"] for row in found["phrasings"]]
    assert lines == phrasing.phrasings()
    row = json.loads(kept.read_text())["tiny"]
    assert row["n"] == 6 and row["date"] == found["date"]
    assert row["line"] in lines and row["plain"] == found["phrasings"][0]["score"]
    assert row["score"] == max(one["score"] for one in found["phrasings"])
    assert phrasing.phrasing_for("tiny") == row["line"]


def test_the_bundled_model_is_scored_but_nothing_is_kept(tune, kept, settings):
    settings.STORYLOOM_MODEL = "seedling"
    said = tune("--max-tokens", "12")
    assert "seedling" in said and "Not kept" in said
    assert json.loads(kept.read_text()) == {}


def test_a_place_that_cannot_be_written_costs_no_finding(
    tune, tiny, tmp_path, monkeypatch
):
    phrasing.tuned()  # has been read by now
    monkeypatch.setattr(phrasing, "TUNED", tmp_path)  # a folder
    said = tune("--model", tiny, "--max-tokens", "4")
    assert "tiny: right tone" in said and "Not kept; best" in said


def test_what_makes_no_sense_is_refused(tune):
    with pytest.raises(CommandError, match="--seeds must be 1"):
        tune("--seeds", "0")
    with pytest.raises(CommandError, match="no model folder"):
        tune("--model", "/nowhere/at/all")
