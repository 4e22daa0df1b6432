"""The one engine of this process, and the guide that reads the tone of texts."""

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from training.engine import Engine, EngineError, is_address, open_engine

SEEDLING = Path(__file__).parent / "seedling" / "weights"

_lock = threading.Lock()
_classifier_lock = threading.Lock()
_engine: Engine | None = None
_classifier: Any = None


def engine() -> Engine:
    """The shared engine, opened by whoever asks first: the others wait.

    Slow the first time (a model is loaded), so never call it in a request.
    """
    global _engine
    with _lock:
        if _engine is None:
            _engine = open_engine(
                model_source(),
                device=settings.STORYLOOM_DEVICE,
                threads=settings.STORYLOOM_THREADS,
                key=settings.STORYLOOM_MODEL_KEY,
                fingerprint=served_fingerprint(),
            )
        return _engine


def served_fingerprint() -> str:
    """Of the weights a server serves, read from the same weights' files in a process
    that ends again; empty where the model is here or no files are named."""
    if not (is_served() and can_fit()):
        return ""
    command = [sys.executable, "-m", "training.engine.local.check"]
    done = subprocess.run(
        [*command, settings.STORYLOOM_VOICE_MODEL, "cpu"],
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout or "{}")
    if "fingerprint" not in found:
        raise EngineError(found.get("error", "STORYLOOM_VOICE_MODEL cannot be read."))
    return found["fingerprint"]


def close_engine() -> None:
    """Release the model; the next caller of `engine` opens it anew."""
    global _engine
    with _lock:
        if _engine is not None:
            _engine.close()
        _engine = None


def guide() -> Any:
    """What reads the tone of texts: our own guide, or a classifier that the settings
    name, which is slow the first time."""
    global _classifier
    # With numpy, which the web process starts without; a classifier with torch.
    if settings.STORYLOOM_TONE_GUIDE == "own":
        from training.engine.guide import open_guide

        return open_guide()
    with _classifier_lock:
        if _classifier is None:
            from training.engine.local.classifier import open_classifier

            _classifier = open_classifier(settings.STORYLOOM_TONE_GUIDE)
        return _classifier


def model_source() -> str:
    """The folder, id or server address of the model that writes."""
    name = settings.STORYLOOM_MODEL
    return str(SEEDLING) if name == "seedling" else name


def is_served() -> bool:
    """Does the model that writes run on a server, out of reach of those who train?"""
    return is_address(model_source())


def can_fit() -> bool:
    """Are the weights that write within reach, to fit a voice to them?"""
    return not is_served() or bool(settings.STORYLOOM_VOICE_MODEL)


def fitting() -> dict[str, Any]:
    """How a voice is fitted here: which model, where, and with how many threads."""
    return {
        "model": settings.STORYLOOM_VOICE_MODEL if is_served() else model_source(),
        "cache": settings.VAR / "replay",
        "device": settings.STORYLOOM_DEVICE,
        "threads": settings.STORYLOOM_LEARNING_THREADS,
    }


def measure(text: str, own: Sequence[Any] = ()) -> dict[str, Any] | None:
    """What the tone guide reads in a text; None where it cannot measure.

    `own`: tones (training.engine.guide.tones.Tone) that a person added.
    Valence and energy lie in [-1, 1]; confidence is the chance that `tone` is right.
    """
    reading = guide().with_tones(own).measure(text)
    if not reading.measured:
        return None
    return {
        "tone": reading.tone,
        "valence": reading.valence,
        "energy": reading.energy,
        "confidence": reading.confidence,
    }
