"""What tests can ask of the engine without a model."""

import time

import pytest

from training.engine import EchoEngine, EngineError, Piece, Prompt, Sampling


def say(wish: str, **sampling: float) -> list[Piece]:
    prompt = Prompt(({"role": "user", "content": wish},))
    return list(EchoEngine().generate(prompt, Sampling(**sampling)))  # type: ignore[arg-type]


def text(wish: str, **sampling: float) -> str:
    return "".join(piece.text for piece in say(wish, **sampling))


def test_slow_pieces_come_one_by_one() -> None:
    began = time.monotonic()
    assert len(say("Direction: [[slow]]", max_tokens=3)) == 3
    assert time.monotonic() - began > 0.14


def test_it_fails_when_asked_to_after_some_text() -> None:
    prompt = Prompt(({"role": "user", "content": "Direction: [[fail]]"},))
    running = EchoEngine().generate(prompt, Sampling())
    assert next(running).text
    with pytest.raises(EngineError):
        list(running)


def test_a_silent_engine_only_beats() -> None:
    prompt = Prompt(({"role": "user", "content": "Direction: [[silent]]"},))
    running = EchoEngine().generate(prompt, Sampling())
    assert [next(running) for _ in range(3)] == [Piece("")] * 3
    running.close()


def test_it_writes_markup_when_asked_to() -> None:
    assert text("[[html]]", max_tokens=4).startswith("<img src=x onerror=alert(1)>")


def test_it_ends_by_itself_when_asked_to() -> None:
    assert say("[[end]]")[-1].finish == "end"


def test_it_writes_the_names_it_is_told() -> None:
    assert "Ottokar" in text("Direction: Ottokar", max_tokens=60)
