"""The evaluation: its figures on texts whose answer is known, and the whole command."""

import json

import pytest
from django.core.management import CommandError, call_command

from stories.evaluating import arcs, grid, measures
from stories.evaluating.openings import Opening, ours
from training.engine.guide import open_guide
from training.engine.judge import open_judge

BRIGHT = "They laughed and danced, so happy and glad, and everybody loved it."
DARK = "He cried alone, so sad, and his heart was broken with pain and grief."


def opening(name="a", mood="neutral"):
    return Opening(name, mood, "Mara walked to the mill with Tom.")


def told(text, tone, mood="neutral", name="a"):
    return grid.Told(grid.Task(opening(name, mood), tone, 1), text, 1.0)


def control(passages):
    heard = measures.hear(passages, open_judge(), open_guide())
    return measures.control(heard, 0.5)


def test_a_writer_who_obeys_reaches_the_bar_and_one_who_does_not_misses_it():
    sides = {"joyful": (BRIGHT, DARK), "sad": (DARK, BRIGHT)}
    good = control([told(text, tone) for tone, (text, _) in sides.items()])
    bad = control([told(text, tone) for tone, (_, text) in sides.items()])
    name = "valence, neutral openings, worst direction"
    assert good[name].value == 1 and good[name].reached
    assert bad[name].value == 0 and bad[name].reached is False


def test_the_worst_direction_is_what_is_told():
    found = control([told(BRIGHT, "joyful"), told(BRIGHT, "sad"), told(BRIGHT, "sad")])
    assert found["valence, neutral openings, worst direction"].value == 0


def test_opposing_moods_are_told_apart():
    found = control([told(BRIGHT, "joyful", "dark"), told(BRIGHT, "sad", "bright")])
    assert found["- valence, opposing mood, to bright"].value == 1
    assert found["- valence, opposing mood, to dark"].value == 0


def test_targets_are_shuffled_within_an_opening():
    passages = [told(BRIGHT, "joyful"), told(DARK, "sad"), told(BRIGHT, "tender")]
    tones = [each.task.tone for each in grid.shuffled(passages)]
    assert tones == ["sad", "tender", "joyful"]


def test_bounds_widen_with_few_openings_and_hold_the_value():
    rows = [(str(n % 4), float(n % 2)) for n in range(40)]
    few = measures.mean(rows)
    assert few.low < few.value == 0.5 < few.high
    sure = measures.mean([(str(n), 1.0) for n in range(40)])
    assert (sure.low, sure.high) == (1, 1)


def test_prose_is_compared_with_unguided_prose():
    plain = [told(f"Mara saw the {w} and went on.", "") for w in ("dog", "cat", "hen")]
    same = measures.prose(plain, plain, None)
    assert same["distinct-3 over unguided"].value == 1
    assert same["name recall lost"].value == 0
    assert same["perplexity over unguided"].value is None
    worse = [told("He sat and sat and sat and sat and sat and sat.", "sad")] * 3
    lost = measures.prose(worse, plain, None)
    assert lost["name recall lost"].value == 1 and not lost["name recall lost"].reached
    assert lost["repeated 4-grams"].value > 0.3


def test_courses_are_compared_with_their_plans():
    heard = tuple(0.5 * v for v in arcs.make_arc("hole", passages=8).planned())
    good = arcs.figures([arcs.Course("a", "hole", heard)])
    assert good["arc, Pearson"].value == pytest.approx(1)
    assert good["arc, shape of six"].reached
    bad = arcs.figures(arcs.shifted([arcs.Course("a", "hole", heard)]))
    assert bad["arc, shape of six"].value == 0


def test_names_of_openings_are_found():
    assert opening().names == ("Tom", "Mara")
    assert all(each.names for each in ours(3) if each.mood != "neutral")


@pytest.fixture
def evaluate(capsys):
    def run(*words):
        call_command("evaluate_tone", *words)
        return capsys.readouterr().out

    return run


@pytest.fixture
def prompts(tmp_path):
    file = tmp_path / "prompts.jsonl"
    rows = [{"id": 1, "prompt": "Nadia put the kettle on."},
            {"id": 2, "prompt": "Karim wept.", "mood": "dark"}]  # fmt: skip
    file.write_text("\n".join(map(json.dumps, rows)))
    return str(file)


def test_the_command_tells_every_condition_with_the_judge_beside_it(evaluate, prompts):
    found = json.loads(
        evaluate("--prompts", prompts, "--seeds", "1", "--max-tokens", "12",
                 "--timed", "1", "--arcs", "1", "--json")
    )  # fmt: skip
    names = list(found["conditions"])
    assert names[:4] == ["unguided", "conditioning", "all", "all, targets shuffled"]
    assert names[4].startswith("latency, as set") and "contrast" in names[5]
    assert found["about"]["judge"]["top_1_of_six"] > 0.2
    assert any("perplexity" in sentence for sentence in found["left_out"])
    every = found["conditions"]["all"]
    assert "latency over plain, mean" in found["conditions"][names[4]]
    assert "arc, Pearson" in every
    assert set(found["about"]["layers"]["all"]) >= {"conditioning", "candidates"}


def test_layers_can_be_measured_alone(evaluate, prompts):
    said = evaluate("--prompts", prompts, "--seeds", "1", "--max-tokens", "8",
                    "--timed", "0", "--layers", "candidates")  # fmt: skip
    assert "== chosen" in said and "== all" not in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--layers", "magic"], "no layer"),
        (["--seeds", "0"], "--seeds must be 1"),
        (["--prompts", "no-such-file.jsonl"], "cannot be read"),
    ],
)
def test_what_makes_no_sense_is_refused(evaluate, words, sentence):
    with pytest.raises(CommandError, match=sentence):
        evaluate(*words)


@pytest.mark.parametrize(
    "line", ["{", "5", '{"id": 1}', '{"id": 1, "prompt": ""}',
             '{"id": 1, "prompt": "x", "mood": "odd"}', ""],
)  # fmt: skip
def test_a_bad_file_of_prompts_is_refused(evaluate, tmp_path, line):
    file = tmp_path / "bad.jsonl"
    file.write_text(line)
    with pytest.raises(CommandError, match="bad.jsonl"):
        evaluate("--prompts", str(file))
