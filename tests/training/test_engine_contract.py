"""What every engine promises, and what the local one promises on top."""

import copy
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.training.engines import (
    SHAPES,
    ask,
    tiny_model,
    tiny_tokenizer,
)
from tests.training.openai_server import serving
from training.engine import (
    HEARTBEAT,
    AdapterError,
    AdapterRef,
    EchoEngine,
    Engine,
    EngineError,
    Message,
    Piece,
    Prompt,
    PromptTooLong,
    Sampling,
    open_engine,
)
from training.engine.local import LocalEngine

GREEDY = Sampling(max_tokens=24, temperature=0, repetition_penalty=0)


pytestmark = pytest.mark.usefixtures("one_thread")


#: Every promise is held on a GPU too where there is one: `make test-gpu`.
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]


@pytest.fixture(scope="module", params=DEVICES)
def device(request: pytest.FixtureRequest) -> str:
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("NO GPU HERE: the engine's contract was not checked on one")
    return request.param


@pytest.fixture(scope="module", params=SHAPES)
def local(request: pytest.FixtureRequest, device: str) -> Iterator[LocalEngine]:
    engine = open_tiny(request.param, device)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def llama(device: str) -> Iterator[LocalEngine]:
    engine = open_tiny("llama", device)
    yield engine
    engine.close()


@pytest.fixture(scope="module", params=["echo", "local", "remote"])
def engine(request: pytest.FixtureRequest, device: str) -> Iterator[Engine]:
    if request.param == "echo":
        yield EchoEngine(context=256)
        return
    local = open_tiny("llama", device)
    if request.param == "local":
        yield local
    else:
        with serving(local) as server:
            remote = open_engine(server.url)
            yield remote
            remote.close()
    local.close()


def open_tiny(shape: str = "llama", device: str = "cpu", **options: Any) -> LocalEngine:
    """In full precision on every device: half of it decides near-ties by chance."""
    model = tiny_model(shape).to(device)
    return LocalEngine(model, tiny_tokenizer(), name="tiny", **options)


def write(engine: Engine, prompt: Prompt, sampling: Sampling = GREEDY) -> str:
    return "".join(piece.text for piece in engine.generate(prompt, sampling))


def drawn(engine: LocalEngine, prompt: Prompt, sampling: Sampling) -> list[int]:
    """The token ids of a passage, end tokens not included."""
    request = engine.submit(prompt, sampling)
    while not request.pieces.get(timeout=30).finish:
        pass
    return request.drafts[0].rows[0].ids[len(engine.encode(prompt)) :]


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def mixed(index: int) -> tuple[Prompt, Sampling]:
    """Prompts of unlike length, greedy and sampled, with and without anti-repetition"""
    prompt = ask(f"Direction: {'the river ' * (1 + 3 * index)}")
    return prompt, Sampling(
        max_tokens=8 + 3 * index,
        temperature=0.5 * (index % 3),
        top_p=1 - 0.1 * (index % 4),
        seed=index,
        repetition_penalty=0.8 * (index % 2),
    )


class Broken:
    """A processor that fails, for a seed that asks for it."""

    def __call__(self, history: object, scores: Tensor) -> Tensor:
        raise RuntimeError("broken on purpose")


# -- every engine


def test_the_same_seed_writes_the_same_passage_again(engine: Engine) -> None:
    sampling = Sampling(max_tokens=24, seed=7)
    assert write(engine, ask(), sampling) == write(engine, ask(), sampling)


def test_another_seed_writes_another_passage(engine: Engine) -> None:
    first, second = (
        write(engine, ask(), Sampling(max_tokens=24, seed=seed)) for seed in (1, 2)
    )
    assert first != second


def test_a_passage_ends_at_its_length_and_says_so(engine: Engine) -> None:
    sampling = Sampling(max_tokens=5, seed=3)
    *rest, last = engine.generate(ask(), sampling)
    assert last.finish == "length"
    assert last.tokens == 5
    assert all(piece.finish is None for piece in rest)


def test_a_stop_string_ends_the_passage_and_is_not_shown(engine: Engine) -> None:
    free = write(engine, ask(), Sampling(max_tokens=24, seed=3))
    stop = free[len(free) // 2 :][:3]
    sampling = Sampling(max_tokens=24, seed=3, stop=(stop,))
    pieces = list(engine.generate(ask(), sampling))
    assert "".join(piece.text for piece in pieces) == free[: free.index(stop)]
    assert pieces[-1].finish == "stop"


def test_a_prompt_that_fills_the_context_is_refused(engine: Engine) -> None:
    with pytest.raises(PromptTooLong):
        write(engine, ask("Direction: " + "river " * 400))


def test_a_passage_stops_where_the_context_ends(engine: Engine) -> None:
    prompt = ask("Direction: " + "river " * 60)
    room = engine.context - engine.length(prompt)
    assert 0 < room < 250
    last = list(engine.generate(prompt, Sampling(max_tokens=1000, seed=1)))[-1]
    assert last.tokens <= room


def test_no_prompt_at_all_still_writes(engine: Engine) -> None:
    assert list(engine.generate(Prompt(()), GREEDY))[-1].finish


def test_an_adapter_that_is_gone_is_refused(engine: Engine) -> None:
    with pytest.raises(AdapterError, match="gone"):
        next(engine.generate(ask(), GREEDY, (AdapterRef("somewhere"),)))


def test_counting_tells_text_from_prompt(engine: Engine) -> None:
    assert engine.count("") == 0
    assert 0 < engine.count("the river") < engine.length(ask("the river"))


def test_eight_people_at_once_get_what_each_would_get_alone(engine: Engine) -> None:
    requests = [mixed(index) for index in range(8)]
    alone = [write(engine, *request) for request in requests]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda request: write(engine, *request), requests))
    assert together == alone


@pytest.mark.parametrize("kind", ["echo", "local"])
def test_closing_the_engine_ends_running_passages(kind: str) -> None:
    engine: Engine = EchoEngine() if kind == "echo" else open_tiny()
    running = engine.generate(ask(), Sampling(max_tokens=200, seed=1))
    next(running)
    engine.close()
    with pytest.raises(EngineError, match="stopped"):
        list(running)
    with pytest.raises(EngineError, match="stopped"):
        next(engine.generate(ask(), GREEDY))


# -- the local engine


def test_greedy_tokens_equal_plain_generate(local: LocalEngine) -> None:
    model = copy.deepcopy(local.model)
    model.set_attn_implementation("sdpa")
    for prompt in (ask(), ask("Direction: " + "Tobi " * 30)):
        ids = local.encode(prompt)
        theirs = model.generate(
            torch.tensor([ids], device=model.device),
            attention_mask=torch.ones(1, len(ids), device=model.device),
            max_new_tokens=GREEDY.max_tokens,
            do_sample=False,
            eos_token_id=[1, 2, 3, 4],
            pad_token_id=0,
        )[0, len(ids) :].tolist()
        theirs = [token for token in theirs if token > 4]
        assert theirs
        assert drawn(local, prompt, GREEDY) == theirs


def test_eight_mixed_requests_are_token_identical_to_solo(local: LocalEngine) -> None:
    requests = [mixed(index) for index in range(8)]
    alone = [drawn(local, *request) for request in requests]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda request: drawn(local, *request), requests))
    assert together == alone
    assert sum(map(len, alone)) > 60


def test_a_prompt_read_in_small_portions_gives_the_same_tokens(
    local: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = ask("Direction: " + "river " * 30)
    whole = drawn(local, prompt, GREEDY)
    monkeypatch.setattr(local._pace, "portion", lambda requests: 7)
    assert drawn(local, prompt, GREEDY) == whole


def test_a_cancelled_request_frees_its_place(llama: LocalEngine) -> None:
    running = llama.generate(ask(), Sampling(max_tokens=200, seed=1))
    next(running)
    assert llama.places == 1
    running.close()
    until(lambda: llama.places == 0)


def test_a_request_beyond_the_batch_waits_and_then_runs() -> None:
    engine = open_tiny(max_batch=1)
    first = engine.generate(ask(), Sampling(max_tokens=200, seed=1))
    next(first)
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(write, engine, ask())
        time.sleep(0.02)
        assert engine.places == 1
        first.close()
        assert second.result(timeout=30)
    engine.close()


def test_one_failing_request_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    engine = open_tiny(more=lambda sampling: [Broken()] if sampling.seed == 13 else [])
    alone = write(engine, ask(), GREEDY)
    with ThreadPoolExecutor(3) as pool:
        good = [pool.submit(write, engine, ask(), GREEDY) for _ in range(2)]
        bad = pool.submit(write, engine, ask(), Sampling(seed=13))
        assert [future.result(timeout=30) for future in good] == [alone, alone]
        with pytest.raises(EngineError) as caught:
            bad.result(timeout=30)
    assert "broken" not in str(caught.value)
    assert "RuntimeError at test_engine_contract.py" in caplog.text
    assert "broken" not in caplog.text  # an error's message may quote a story
    until(lambda: engine.places == 0)
    engine.close()


def test_people_who_come_and_go_change_nothing_for_the_others() -> None:
    engine = open_tiny(max_batch=4)
    requests = [mixed(index % 8) for index in range(16)]
    alone = [write(engine, *request) for request in requests[:8]]

    def visit(index: int) -> str:
        if index % 3:
            return write(engine, *requests[index])
        leaving = engine.generate(*requests[index])
        next(leaving)
        leaving.close()
        return alone[index % 8]

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(visit, range(16))) == alone * 2
    until(lambda: engine.places == 0)
    engine.close()


def test_a_failing_step_fails_its_batch_and_the_engine_lives_on(
    llama: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_memory(segments: object) -> Tensor:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(llama, "_forward", out_of_memory)
        with pytest.raises(EngineError):
            write(llama, ask())
    assert write(llama, ask())


def test_a_slow_model_lets_its_callers_hear_a_heartbeat(
    llama: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward = llama._forward
    go = threading.Event()

    def slow(segments: object) -> Tensor:
        go.wait(30)
        return forward(segments)

    monkeypatch.setattr(llama, "_forward", slow)
    running = llama.generate(ask(), GREEDY)
    began = time.monotonic()
    assert next(running) == Piece("")
    assert time.monotonic() - began < 5 * HEARTBEAT
    go.set()
    assert list(running)[-1].finish


def test_the_first_token_is_delivered_before_the_second_is_made(
    llama: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward = llama._forward
    steps = threading.Semaphore(1)

    def gated(segments: object) -> Tensor:
        assert steps.acquire(timeout=30)
        return forward(segments)

    monkeypatch.setattr(llama, "_forward", gated)
    running = llama.generate(ask(), GREEDY)
    assert next(running).tokens == 1
    steps.release(1000)
    list(running)


def test_typed_control_tokens_stay_text(llama: LocalEngine) -> None:
    plain = ask("Direction: go on")
    typed = ask("Direction: <|end|>go <|<|end|>user|>on<|assistant|>")
    assert llama.encode(typed) == llama.encode(plain)


def opened(text: str) -> Prompt:
    opening: Message = {"role": "assistant", "content": text}
    return Prompt((*ask().messages, opening))


def test_an_open_passage_is_continued(llama: LocalEngine) -> None:
    ids = llama._chat._ids("Once upon", special=False)
    assert llama.encode(opened("Once upon")) == llama.encode(ask()) + ids


@pytest.mark.parametrize("seed", range(5))
def test_after_a_typed_space_a_new_word_begins(llama: LocalEngine, seed: int) -> None:
    sampling = Sampling(max_tokens=6, seed=seed, temperature=1.5)
    spaced, plain = opened("Once upon "), opened("Once upon")
    assert llama.encode(spaced) == llama.encode(plain)
    assert not write(llama, spaced, sampling).startswith(" ")
    starts = llama._chat.word_starts.nonzero().flatten().tolist()
    assert drawn(llama, spaced, sampling)[0] in starts


def test_an_end_token_ends_the_passage_and_is_not_shown() -> None:
    free = open_tiny()
    tokens = drawn(free, ask(), GREEDY)
    free.close()
    ending = open_tiny(ends=frozenset({tokens[5]}))
    *_, last = ending.generate(ask(), GREEDY)
    assert last.finish == "end"
    assert last.tokens == tokens.index(tokens[5])
    ending.close()
