"""What the bare model would write is learnt along: so a voice unlearns nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.training.engines import tiny_tokenizer
from training.engine import open_engine
from training.engine.fitting import Told
from training.engine.local import replay
from training.engine.local.chat import Chat
from training.engine.local.dataset import Window, windows_of
from training.engine.local.engine import LocalEngine
from training.engine.local.fit import Lesson, Plan
from training.engine.local.process import recipe_for
from training.seedling.reading.headers import as_given, held_out_headers
from training.seedling.recipe import WEIGHTS

HEADER = "You continue a personal story.\n\nNames: Mara"


@pytest.fixture(scope="module")
def seedling() -> Iterator[LocalEngine]:
    engine = open_engine(str(WEIGHTS), device="cpu", threads=1)
    assert isinstance(engine, LocalEngine)
    yield engine
    engine.close()


def test_half_of_it_is_told_for_headers_and_keeps_to_them(
    seedling: LocalEngine, tmp_path: Path
) -> None:
    told = replay.own_words(seedling, tmp_path, 8)
    asked = [each for each in told if each.header]
    assert 2 <= len(asked) <= 4 and len(told) - len(asked) == 4
    rows = [json.loads(line) for line in replay.ASKED.read_text().splitlines()]
    for each in asked:
        [row] = [r for r in rows if (r["header"], r["ask"]) == (each.header, each.ask)]
        assert row["names"][0] in each.text
        assert each.text.rstrip()[-1] in '.!?"”)'  # whole passages only
    assert replay.own_words(seedling, tmp_path, 8) == told  # kept
    [kept] = tmp_path.iterdir()
    kept.write_text("half a fi")
    assert replay.own_words(seedling, tmp_path, 8) == told


def test_nothing_it_is_asked_for_is_what_the_model_is_measured_by() -> None:
    rows = [json.loads(line) for line in replay.ASKED.read_text().splitlines()]
    named = {name for row in rows for name in row["names"]}
    for held_out in held_out_headers(400):
        assert not named.intersection(held_out.listed("Names"))
        lived = as_given(held_out.header).get("Experience")
        assert not lived or all(lived not in row["header"] for row in rows)


def test_what_was_asked_for_stands_before_it_and_only_the_passage_is_learnt() -> None:
    chat = Chat(tiny_tokenizer())
    told = Told("Mara sang to the river.", "asked 0", "Tone: sad", HEADER)
    [window] = windows_of(chat, [told], 256)
    text = tiny_tokenizer().decode(window.ids)
    assert text.index("Names: Mara") < text.index("Tone: sad") < text.index("sang")
    learnt = [i for i, told in zip(window.ids, window.told, strict=True) if told]
    assert tiny_tokenizer().decode(learnt) == "Mara sang to the river.<|end|>"


def test_a_fifth_of_the_windows_is_replay_however_little_was_drawn() -> None:
    own = [Window([1, 2, 3 + n % 5], [False, True, True]) for n in range(80)]
    drawn = [Window([1, 9], [False, True]) for _ in range(6)]
    recipe = recipe_for(8_000_000, 200_000)
    lesson = Lesson("voice", own, [], drawn, recipe, 0, Path())
    items = [item for batch in Plan(lesson).epoch(0) for item in batch]
    assert (len(items), sum(item in drawn for item in items)) == (100, 20)
