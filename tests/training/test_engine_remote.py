"""The remote engine, against a server that speaks vLLM's part of the protocol."""

import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.training.adapters import make_adapter
from tests.training.engines import ask, save_tiny, tiny_model, tiny_tokenizer
from tests.training.openai_server import OpenAIServer, serving
from training import services
from training.engine import (
    AdapterError,
    AdapterRef,
    Engine,
    EngineError,
    Prompt,
    Sampling,
    open_engine,
)
from training.engine import remote as remote_module
from training.engine.local import LocalEngine

GREEDY = Sampling(max_tokens=24, temperature=0, repetition_penalty=0)


@pytest.fixture(scope="module")
def local() -> Iterator[LocalEngine]:
    engine = LocalEngine(tiny_model("llama"), tiny_tokenizer(), name="tiny")
    yield engine
    engine.close()


@pytest.fixture
def server(local: LocalEngine) -> Iterator[OpenAIServer]:
    with serving(local) as running:
        yield running


@pytest.fixture
def remote(server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(remote_module, "LOOK_AGAIN", 0.05)
    engine = open_engine(server.url, key="secret", fingerprint="tiny's")
    yield engine
    engine.close()


def write(engine: Engine, *voices: AdapterRef, prompt: Prompt | None = None) -> str:
    pieces = engine.generate(prompt or ask(), GREEDY, voices)
    return "".join(piece.text for piece in pieces)


def wait_for(true, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_one_setting_opens_what_the_server_serves(remote: Engine, local: LocalEngine):
    assert (remote.name, remote.context) == ("tiny", local.context)
    assert write(remote) == write(local)


def test_an_open_passage_is_continued_there_too(remote: Engine, local: LocalEngine):
    begun = Prompt((*ask().messages, {"role": "assistant", "content": "Mara went"}))
    assert write(remote, prompt=begun) == write(local, prompt=begun)


def test_each_request_speaks_with_its_own_adapter(
    remote: Engine, local: LocalEngine, server: OpenAIServer, tmp_path: Path
):
    voices = [
        AdapterRef(str(make_adapter(tmp_path / n, i))) for i, n in enumerate("ab")
    ]
    told = [write(remote, voice) for voice in voices]
    assert told == [write(local, voice) for voice in voices]
    assert len({*told, write(remote)}) == 3
    write(remote, voices[0])
    loads = [path for path, _ in server.asked if path == "/v1/load_lora_adapter"]
    assert len(loads) == 2  # once each


def test_a_server_that_began_anew_is_given_the_voice_again(
    remote: Engine, server: OpenAIServer, tmp_path: Path
):
    voice = AdapterRef(str(make_adapter(tmp_path / "a", 1)))
    before = write(remote, voice)
    server.loaded.clear()
    assert write(remote, voice) == before


def test_a_voice_loaded_by_another_process_is_used_as_it_is(
    remote: Engine, server: OpenAIServer, tmp_path: Path
):
    voice = AdapterRef(str(make_adapter(tmp_path / "a", 1)))
    other = open_engine(server.url)
    assert write(other, voice) == write(remote, voice)
    other.close()


def test_an_erased_voice_is_forgotten_by_the_server_without_being_asked(
    remote: Engine, server: OpenAIServer, tmp_path: Path
):
    voice = AdapterRef(str(make_adapter(tmp_path / "a", 1)))
    write(remote, voice)
    shutil.rmtree(tmp_path / "a")
    wait_for(lambda: not server.loaded)
    with pytest.raises(AdapterError, match="gone"):
        write(remote, voice)


def test_the_voice_that_spoke_longest_ago_makes_room(
    remote: Engine, server: OpenAIServer, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(remote_module, "MOST_LOADED", 1)
    first, second = (
        AdapterRef(str(make_adapter(tmp_path / str(seed), seed))) for seed in (1, 2)
    )
    write(remote, first)
    write(remote, second)
    assert list(server.loaded.values()) == [second.path]


def test_a_server_that_forgets_nothing_keeps_nobody_waiting(
    remote: Engine, server: OpenAIServer, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(remote_module, "MOST_LOADED", 1)
    server.forgets = False
    for seed in (1, 2):
        assert write(remote, AdapterRef(str(make_adapter(tmp_path / str(seed), seed))))
    assert len(server.loaded) == 2


def test_several_voices_at_once_are_refused_with_a_sentence(
    remote: Engine, tmp_path: Path
):
    voice = AdapterRef(str(make_adapter(tmp_path / "a", 1)))
    assert remote.most_adapters == 1
    with pytest.raises(AdapterError, match="one at a time"):
        write(remote, voice, voice)


def test_who_leaves_hangs_up(remote: Engine, server: OpenAIServer):
    running = remote.generate(ask(), Sampling(max_tokens=200, seed=1))
    next(running)
    running.close()
    wait_for(server.hung_up.is_set)


def test_a_line_cut_in_the_middle_is_an_error_not_an_ending(
    remote: Engine, server: OpenAIServer
):
    server.breaks_off = True
    with pytest.raises(EngineError, match="does not answer"):
        write(remote)


def test_without_a_tokenizer_there_lengths_are_guessed_with_care(
    remote: Engine, server: OpenAIServer, local: LocalEngine
):
    server.has_tokenizer = False
    text = "The river and the lamp, and all of us at home."
    assert remote.count(text) >= len(text) // 4
    assert remote.length(ask()) > 0


def test_nobody_there_is_told_by_address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(EngineError, match="does not answer"):
        open_engine(url)


def test_a_served_model_has_the_fingerprint_of_its_weights_as_files(
    server: OpenAIServer, local: LocalEngine, tmp_path: Path, settings
):
    settings.STORYLOOM_MODEL = server.url
    settings.STORYLOOM_VOICE_MODEL = str(save_tiny(tmp_path / "weights"))
    services.close_engine()
    try:
        assert services.engine().fingerprint == local.fingerprint
        assert services.fitting()["model"] == settings.STORYLOOM_VOICE_MODEL
    finally:
        services.close_engine()


def test_a_voice_is_fitted_on_the_weights_that_write(settings):
    settings.STORYLOOM_VOICE_MODEL = "some-people/some-model"
    assert services.can_fit()
    assert services.fitting()["model"] == services.model_source()  # they are here
    settings.STORYLOOM_MODEL = "http://gpu.example/v1"
    assert services.fitting()["model"] == "some-people/some-model"
    settings.STORYLOOM_VOICE_MODEL = ""
    assert not services.can_fit()


def test_weights_that_cannot_be_read_are_said_when_the_engine_opens(
    server: OpenAIServer, tmp_path: Path, settings
):
    settings.STORYLOOM_MODEL = server.url
    settings.STORYLOOM_VOICE_MODEL = str(tmp_path / "nothing")
    services.close_engine()
    with pytest.raises(EngineError):
        services.engine()
