"""Many voices in one running batch: PEFT's own tokens, and nobody hears another's."""

import random
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from peft import PeftModel

from tests.training.adapters import as_peft_writes, greedy, make_adapter
from tests.training.engines import SHAPES, ask, tiny_model
from tests.training.test_engine_contract import drawn as plainly_drawn
from tests.training.test_engine_contract import mixed, open_tiny, until
from training.engine import AdapterError, AdapterRef, Prompt, Sampling
from training.engine.local import LocalEngine
from training.engine.local.slots import FIRST_SLOTS

GREEDY = Sampling(max_tokens=16, temperature=0, repetition_penalty=0)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module", params=SHAPES)
def shape(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def voices(shape: str, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    home = tmp_path_factory.mktemp("voices")
    return [make_adapter(home / f"v{n}", n, shape) for n in range(8)]


@pytest.fixture
def engine(shape: str) -> Iterator[LocalEngine]:
    engine = open_tiny(shape)
    yield engine
    engine.close()


def drawn(
    engine: LocalEngine, prompt: Prompt, sampling: Sampling, *voices: AdapterRef
) -> list[int]:
    request = engine.submit(prompt, sampling, voices)
    while not request.pieces.get(timeout=30).finish:
        pass
    return request.drafts[0].rows[0].ids[len(engine.encode(prompt)) :]


def speaks(path: Path, weight: float = 1.0) -> AdapterRef:
    return AdapterRef(str(path), weight)


def test_an_adapter_writes_what_peft_writes_with_it(
    engine: LocalEngine, voices: list[Path], shape: str
) -> None:
    ids = engine.encode(ask())
    plain = plainly_drawn(engine, ask(), GREEDY)
    for voice in voices[:3]:
        theirs = as_peft_writes(voice, ids, GREEDY.max_tokens, shape)
        assert drawn(engine, ask(), GREEDY, speaks(voice)) == theirs != plain
    assert plainly_drawn(engine, ask(), GREEDY) == plain


def test_three_weighted_adapters_equal_pefts_concatenation(
    engine: LocalEngine, voices: list[Path], shape: str
) -> None:
    mix = {"own": (0, 1.0), "genre": (1, 0.5), "tone": (2, -0.3)}
    model = PeftModel.from_pretrained(tiny_model(shape), voices[0], adapter_name="own")
    for name in ("genre", "tone"):
        model.load_adapter(str(voices[mix[name][0]]), adapter_name=name)
    weights = [weight for _, weight in mix.values()]
    model.add_weighted_adapter(list(mix), weights, "mix", combination_type="cat")
    model.set_adapter("mix")
    ids = engine.encode(ask())
    refs = [speaks(voices[at], weight) for at, weight in mix.values()]
    theirs = greedy(model.eval(), ids, GREEDY.max_tokens)
    assert drawn(engine, ask(), GREEDY, *refs) == theirs


def test_a_batch_of_many_voices_is_token_identical_to_solo(
    engine: LocalEngine, voices: list[Path]
) -> None:
    dice = random.Random(1)
    requests = []
    for index in range(16):
        refs = [
            speaks(voice, dice.choice([1.0, 0.5, -0.4]))
            for voice in dice.sample(voices, dice.choice([0, 1, 1, 1, 2, 3]))
        ]
        requests.append((*mixed(index % 8), *refs))
    alone = [drawn(engine, *request) for request in requests]
    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(lambda request: drawn(engine, *request), requests))
    assert together == alone
    assert len({tuple(tokens) for tokens in alone}) > 10


def test_voices_beyond_the_first_slots_take_turns(tmp_path: Path) -> None:
    engine = open_tiny()
    voices = [make_adapter(tmp_path / f"{n}", n) for n in range(FIRST_SLOTS + 4)]
    first = [drawn(engine, ask(), GREEDY, speaks(voice)) for voice in voices]
    assert len(engine.voices) == FIRST_SLOTS
    assert str(voices[0]) not in engine.voices  # the one longest unused has left
    again = [drawn(engine, ask(), GREEDY, speaks(voice)) for voice in voices]
    assert again == first
    engine.close()


def test_more_voices_at_once_than_slots_make_room(tmp_path: Path) -> None:
    engine = open_tiny()
    voices = [make_adapter(tmp_path / f"{n}", n) for n in range(FIRST_SLOTS + 4)]
    alone = [drawn(engine, ask(), GREEDY, speaks(voice)) for voice in voices]
    running = [
        engine.generate(ask(), Sampling(max_tokens=150, seed=n), [speaks(voice)])
        for n, voice in enumerate(voices)
    ]
    for each in running:
        next(each)
    assert len(engine.voices) == len(voices)
    for each in running:
        each.close()
    until(lambda: engine.places == 0)
    assert [drawn(engine, ask(), GREEDY, speaks(v)) for v in voices] == alone
    engine.close()


def test_a_larger_rank_joins_smaller_ones(tmp_path: Path) -> None:
    engine = open_tiny()
    small = make_adapter(tmp_path / "small", 1, rank=2)
    large = make_adapter(tmp_path / "large", 2, rank=16)
    ids = engine.encode(ask())
    for voice in (small, large, small):
        theirs = as_peft_writes(voice, ids, GREEDY.max_tokens)
        assert drawn(engine, ask(), GREEDY, speaks(voice)) == theirs
    engine.close()


def test_a_deleted_voice_is_wiped_from_memory(tmp_path: Path) -> None:
    engine = open_tiny()
    voice = make_adapter(tmp_path / "voice", 1)
    drawn(engine, ask(), GREEDY, speaks(voice))
    shutil.rmtree(voice)
    until(lambda: not engine.voices, seconds=5)
    time.sleep(0.05)
    for layer in engine._voices.slots._layers.values():
        assert layer.down is not None and not layer.down.any()
        assert layer.up is not None and not layer.up.any()
    with pytest.raises(AdapterError, match="gone"):
        drawn(engine, ask(), GREEDY, speaks(voice))
    engine.close()


def test_a_mix_too_loud_or_too_many_is_refused(tmp_path: Path) -> None:
    engine = open_tiny()
    voice = make_adapter(tmp_path / "voice", 1)
    for refs in ([speaks(voice)] * 4, [speaks(voice, 2.5)], [speaks(voice, 1e999)]):
        with pytest.raises(AdapterError):
            engine.submit(ask(), GREEDY, refs)
    engine.close()
