"""How a model is told the tone it is to write in.

The bundled model was trained on one line, "Tone: wistful". Another model may do better
with other words: `manage.py tune_tone_prompt` tries those of phrasings.json and keeps
the best for it, with its score, in tuned.json.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PHRASINGS, TUNED = HERE / "phrasings.json", HERE / "tuned.json"
#: What every model is told that nothing was found for.
PLAIN = "Tone: {tone}"
#: Taught these words, so that others could only be worse.
TAUGHT = "seedling"


def tone_line(phrasing: str, tone: str) -> str:
    """The line of an ask that names a tone."""
    meaning = meanings().get(tone, tone) if "{meaning}" in phrasing else ""
    return phrasing.format(tone=tone, meaning=meaning)


def phrasing_for(model: str) -> str:
    """The words kept for the model of this name."""
    kept = tuned().get(model) if model != TAUGHT else None
    return kept["line"] if kept else PLAIN


def phrasings() -> list[str]:
    """What a search tries. Each is one line, which is how it is found in an ask."""
    return [PLAIN, *json.loads(PHRASINGS.read_text(encoding="utf-8"))]


@cache
def meanings() -> dict[str, str]:
    """What each tone means, fit to stand within a sentence."""
    from training.engine.guide import read_tones  # with numpy

    said = {tone.name: tone.description.rstrip(".") for tone in read_tones()}
    return {name: text[:1].lower() + text[1:] for name, text in said.items()}


@cache
def tuned() -> dict[str, Any]:
    return json.loads(TUNED.read_text(encoding="utf-8"))


def keep(model: str, found: dict[str, Any]) -> None:
    """Remember the best words for a model; the score says what they are worth."""
    rows = tuned() | {model: found}
    text = json.dumps(rows, indent=1, sort_keys=True, ensure_ascii=False)
    TUNED.write_text(f"{text}\n", encoding="utf-8")
    tuned.cache_clear()
