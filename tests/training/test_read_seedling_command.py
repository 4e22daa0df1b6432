"""`read_seedling`: its headers, its prompts, its engine."""

import hashlib
import json
import re
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from stories import prompts, writing
from stories.models import Creativity, Length
from training.engine import AdapterRef, EchoEngine
from training.engine.local import replay
from training.seedling.pairs import read_pairs
from training.seedling.reading import (
    corpus_side,
    draw,
    headers,
    speed,
)
from training.seedling.reading.headers import HeldOut, Passage
from training.seedling.recipe import WEIGHTS

READING = WEIGHTS.with_name("reading.json")
TONES = {"joyful", "tender", "hopeful", "wistful", "tense", "sad", "neutral"}


@pytest.fixture(scope="module")
def held_out():
    return headers.held_out_headers(1000)


# --- the headers ------------------------------------------------------------------


def test_there_are_300_held_out_headers_of_every_kind(held_out):
    assert len(held_out) == 300 == len({h.id for h in held_out})
    tellers = Counter(h.header["Teller"] for h in held_out)
    assert set(tellers) == {"I", "he", "she", "they"} and min(tellers.values()) >= 60
    tones = Counter(ask["Tone"] for h in held_out for ask in h.asks)
    assert set(tones) == TONES and min(tones.values()) >= 40
    assert {"story", "diary", "letter"} <= {h.header.get("Form") for h in held_out}
    assert sum(bool(h.listed("Things")) for h in held_out) >= 100


def test_the_experiences_are_sentences_of_their_own(held_out):
    lived = [h for h in held_out if "Experience" in h.header]
    told = [h.header["Experience"] for h in lived]
    assert len(told) == len(set(told)) >= 150
    pairs = " ".join(e for p in read_pairs() for e in p.header.get("Experience", []))
    for row, sentence in zip(lived, told, strict=True):
        assert 8 <= len(sentence.split()) <= 24 and sentence not in pairs
        assert len(row.key) >= 3 and all(noun in sentence for noun in row.key)


def test_no_key_noun_is_given_away_by_another_field(held_out):
    for row in held_out:
        others = [v for name, v in row.header.items() if name != "Experience"]
        for noun in row.key:
            assert not any(re.search(rf"\b{noun}", v, re.I) for v in others), row.id


def test_names_of_the_headers_are_in_no_written_pair(held_out):
    pairs = " ".join(text for pair in read_pairs() for text in pair.paragraphs)
    known = set(re.findall(r"[\w-]+", pairs))
    assert not known & {name for row in held_out for name in row.listed("Names")}


# --- the prompts are the editor's -------------------------------------------------


def test_the_lines_are_those_the_editor_sends():
    header = {
        "Title": "The river",
        "Form": "diary",
        "Teller": "she",
        "Values": "kindness, courage",
        "Experience": "I learned to swim.",
        "Avoid": "spiders",
    }
    ask = {"Part": "opening", "Tone": "sad", "Length": "short"}
    assembled = prompts.build(
        story=prompts.Settings(
            title="The river", form="diary", teller="she", length="short"
        ),
        profile=prompts.About(values=["kindness", "courage"], avoid=["spiders"]),
        experiences=[prompts.Lived(1, "I learned to swim")],
        path=[],
        ask=prompts.Ask(tone="sad"),
        budget=1000,
        count=len,
    )
    ours = headers.messages_for(HeldOut("h", header, [ask]), [])
    assert list(assembled.prompt.messages) == ours


def test_the_second_ask_stands_after_the_first_passage():
    row = HeldOut("h", {"Teller": "I"}, [{"Part": "opening"}, {"Part": "ending"}])
    messages = headers.messages_for(row, [Passage("I ran.", True)])
    assert [m["role"] for m in messages] == ["system", "user", "assistant", "user"]
    assert messages[-1]["content"] == "Part: ending"


def test_passages_are_drawn_as_the_editor_draws_them():
    assert {str(k): v for k, v in writing.TOKENS.items()} == draw.TOKENS
    assert replay.TOKENS == draw.TOKENS
    assert set(draw.TOKENS) == set(Length.values)
    balanced = writing.DRAWING[Creativity.BALANCED]
    assert balanced == (draw.Drawing.temperature, draw.Drawing.top_p)


# --- drawing and the whole command ------------------------------------------------


def test_every_ask_of_every_header_gets_a_passage(held_out, tmp_path):
    few = held_out[:5]
    stories = draw.tell_all(EchoEngine(), few, draw.Drawing(seed=1), at_once=3)
    assert [story.held_out.id for story in stories] == [row.id for row in few]
    assert all(len(story.passages) == 2 and story.text for story in stories)
    headers.keep(stories, tmp_path / "stories.jsonl")
    assert headers.kept(tmp_path / "stories.jsonl") == stories


def test_one_seed_one_story(held_out):
    texts = [
        draw.tell(EchoEngine(), held_out[0], 0, draw.Drawing(seed)).text
        for seed in (1, 1, 2)
    ]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("regulated", [False, True])
def test_a_voice_tells_them_if_one_is_given(held_out, regulated):
    class Spoken(EchoEngine):
        def generate(self, prompt, sampling, adapters=()):
            assert adapters == (voice,)
            return super().generate(prompt, sampling, ())

    voice = AdapterRef("somebody")
    drawing = draw.Drawing(1, regulated=regulated, voices=(voice,))
    assert draw.tell(Spoken(), held_out[0], 0, drawing).text


def test_the_command_prints_each_figure_beside_its_bar(tmp_path, monkeypatch):
    monkeypatch.delenv("STORYLOOM_CORPUS", raising=False)
    monkeypatch.setattr(draw, "TOKENS", dict.fromkeys(draw.TOKENS, 12))
    out, file = StringIO(), tmp_path / "kept.jsonl"
    options = {"n": 4, "threads": 1, "keep": file, "quick": True}
    call_command("read_seedling", stdout=out, stderr=StringIO(), **options)
    assert "| requested name used | " in out.getvalue()
    assert "| >= 0.95 | not reached |" in out.getvalue()  # no end in 12 tokens

    out = StringIO()
    options = {"kept": file, "json": True, "quick": True}
    call_command("read_seedling", stdout=out, stderr=StringIO(), **options)
    found = json.loads(out.getvalue())
    assert (found["stories"], found["passages"]) == (4, 8)
    named = {figure["name"]: figure for figure in found["figures"]}
    ends = named["ends by itself at a sentence end"]
    assert (ends["bar"], ends["reached"]) == (">= 0.95", False)


def test_speed_is_measured_on_one_thread():
    one, eight = speed.measure(WEIGHTS, rounds=1, new=8)
    assert one.value > 0 and eight.value > 0
    assert (str(one.bar), str(eight.bar)) == (">= 80", ">= 240")


def test_a_missing_corpus_is_said_and_not_counted(monkeypatch):
    monkeypatch.delenv("STORYLOOM_CORPUS", raising=False)
    figures = corpus_side.measure(WEIGHTS, None)
    assert [figure.value for figure in figures] == [None, None]
    assert "--corpus PATH" in figures[0].note
    with pytest.raises(CommandError, match="--corpus PATH"):
        call_command("read_seedling", index=True)


# --- the figures that ship ----------------------------------------------------------


def test_the_figures_that_ship_are_of_the_weights_that_ship():
    shipped = json.loads(READING.read_text(encoding="utf-8"))
    weights = (WEIGHTS / "model.safetensors").read_bytes()
    assert shipped["weights"] == hashlib.sha256(weights).hexdigest()[:16]
    assert shipped["stories"] >= 300


def test_the_card_prints_the_figures_that_ship():
    card = (WEIGHTS.parent / "MODEL_CARD.md").read_text(encoding="utf-8")
    for figure in json.loads(READING.read_text(encoding="utf-8"))["figures"]:
        if figure["bar"] and figure["value"] is not None:
            row = next(
                r for r in card.split("\n") if r.startswith(f"| {figure['name']}")
            )
            assert f"| {figure['value']:.3f}".rstrip("0").rstrip(".") in row
