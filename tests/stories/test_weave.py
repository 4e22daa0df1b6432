import json

import pytest
from django.core.management import CommandError, call_command

from stories.models import Tone

PROFILE = {
    "name": "Wren",
    "experiences": [
        {"what": "I learned to swim", "where": "Lake Bled", "consent": "train"},
        {"what": "A plantedsecret nobody may know", "consent": "never"},
    ],
    "values": ["courage"],
    "tones": ["wistful"],
    "avoid": ["spiders"],
}


@pytest.fixture
def weave(capsys):
    def run(*words):
        call_command("weave", *words)
        return capsys.readouterr().out

    return run


@pytest.fixture
def profile(tmp_path):
    file = tmp_path / "wren.json"
    file.write_text(json.dumps(PROFILE))
    return str(file)


def test_one_passage_is_printed(weave, profile):
    assert weave("--profile", profile, "--prompt", "A walk by the river").strip()


def test_the_same_seed_writes_the_same_passage(weave):
    first = weave("--prompt", "A walk", "--seed", "3")
    assert first == weave("--prompt", "A walk", "--seed", "3")
    assert first != weave("--prompt", "A walk", "--seed", "4")


def test_json_says_what_was_done(weave, profile):
    said = weave(
        "--profile", profile, "--prompt", "A walk", "--max-tokens", "9",
        "--seed", "3", "--json",
    )  # fmt: skip
    row = json.loads(said)
    assert row["tokens"] == 9 and row["seed"] == 3 and row["tone"] == "wistful"
    assert row["text"] and row["seconds"] >= 0


def test_a_batch_is_written_in_the_order_of_its_lines(weave, tmp_path, profile):
    lines = [
        {"id": n, "prompt": f"Walk {n} [[slow]]" if n % 3 else f"Walk {n}",
         "seed": n, "max_tokens": 5}
        for n in range(20)
    ]  # fmt: skip
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    weave("--batch", str(source), "--out", str(target), "--profile", profile)
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    assert [row["id"] for row in rows] == list(range(20))
    assert all(row["text"] and row["tokens"] == 5 for row in rows)
    alone = weave("--prompt", "Walk 0", "--seed", "0", "--max-tokens", "5",
                  "--profile", profile)  # fmt: skip
    assert rows[0]["text"] == alone.strip()


def test_one_failing_line_harms_no_other(weave, tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(
        '{"id": "a", "prompt": "Write [[fail]]"}\n{"id": "b", "prompt": "Rain"}\n'
    )
    with pytest.raises(CommandError, match="1 passages failed"):
        weave("--batch", str(source), "--out", str(target))
    failed, fine = map(json.loads, target.read_text().splitlines())
    assert failed["error"] and not failed["text"]
    assert fine["text"] and "error" not in fine


@pytest.fixture
def seen(monkeypatch):
    """The prompts that reach the engine."""
    from training.engine import EchoEngine

    prompts = []
    generate = EchoEngine.generate

    def watch(self, prompt, *args):
        prompts.append(prompt)
        return generate(self, prompt, *args)

    monkeypatch.setattr(EchoEngine, "generate", watch)
    return prompts


def test_a_prompt_is_the_opening_that_the_passage_goes_on_from(seen, weave):
    weave("--prompt", "Mara climbed onto the roof.", "--tone", "tense")
    _system, _begin, opening, ask = seen[0].messages
    assert opening == {"role": "assistant", "content": "Mara climbed onto the roof."}
    assert "Tone: tense" in ask["content"] and "Direction" not in ask["content"]


def test_a_passage_says_how_it_was_measured(weave):
    row = json.loads(weave("--prompt", "Mara climbed onto the roof.", "--json"))
    measured = row["measured"]
    assert -1 <= measured["valence"] <= 1 and -1 <= measured["energy"] <= 1
    assert measured["tone"] in Tone.values and 0 < measured["confidence"] <= 1


def test_the_prompt_is_that_of_the_editor(seen, weave, profile):
    weave("--profile", profile, "--prompt", "Write about a walk")
    system, ask = seen[0].messages
    assert "Values: courage" in system["content"]
    assert "Experience: I learned to swim, Lake Bled." in system["content"]
    assert "Avoid: spiders" in system["content"]
    assert "plantedsecret" not in system["content"]
    assert "Tone: wistful" in ask["content"]
    assert "Direction: Write about a walk" in ask["content"]


BAD_PROFILES = {
    "[]": "must be a JSON object",
    "{": "is not JSON",
    '{"valeus": []}': "unknown field 'valeus'",
    '{"values": "kindness"}': "values must be a list",
    '{"tones": ["angry"]}': "tone must be one of",
    '{"experiences": [{"when": "1999"}]}': "does not say what happened",
    '{"experiences": [{"what": 5}]}': "what must be text",
    '{"experiences": [{"what": "x", "consent": "maybe"}]}': "consent must be one of",
    '{"experiences": {}}': "experiences must be a list",
}


@pytest.mark.parametrize("text", BAD_PROFILES)
def test_a_bad_profile_is_refused_with_a_sentence(weave, tmp_path, text):
    file = tmp_path / "bad.json"
    file.write_text(text)
    with pytest.raises(CommandError, match=BAD_PROFILES[text]):
        weave("--profile", str(file), "--prompt", "A walk")


BAD_LINES = {
    "hello": "line 2 is not JSON",
    "5": "line 2 must be a JSON object",
    '{"id": 1}': "line 2 has no prompt",
    '{"prompt": "x"}': "line 2 has no id",
    '{"id": [], "prompt": "x"}': "id must be text",
    '{"id": 1, "prompt": 5}': "prompt must be text",
    '{"id": 1, "prompt": "x", "tone": "angry"}': "tone must be one of",
    '{"id": 1, "prompt": "x", "max_tokens": 0}': "max_tokens must be",
    '{"id": 1, "prompt": "x", "seed": -1}': "seed must be",
    '{"id": 1, "prompt": "x", "profile": {"values": 1}}': "values must be a list",
    '{"id": 1, "prompt": "x", "length": 5}': "unknown field 'length'",
}


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_bad_line_is_refused_before_anything_is_written(weave, tmp_path, line):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": 0, "prompt": "x"}\n' + line + "\n")
    with pytest.raises(CommandError, match=BAD_LINES[line]):
        weave("--batch", str(source), "--out", str(target))
    assert not target.exists()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--prompt", "x", "--batch", "in.jsonl", "--out", "out.jsonl"],
        ["--batch", "in.jsonl"],
        ["--prompt", "x", "--profile", "no-such-file.json"],
        ["--batch", "no-such-file.jsonl", "--out", "out.jsonl"],
        ["--prompt", "x", "--max-tokens", "0"],
    ],
)
def test_a_command_that_makes_no_sense_is_refused(weave, words):
    with pytest.raises(CommandError):
        weave(*words)
