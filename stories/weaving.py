"""Passages without an editor: from JSON, by the editor's own prompt and engine."""

import json
import re
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import SystemRandom
from typing import Any

from django.conf import settings

from stories import prompts
from stories.arcs import voice
from stories.models import Author, Creativity, Length, Tone
from stories.writing import TOKENS, sampling_for
from training.engine import Engine, EngineError
from training.services import measure
from users.models import Consent

AT_ONCE = 8
#: A prompt that begins like this is a direction; any other is the story's opening.
INSTRUCTION = re.compile(
    r"(please\s+)?(write|tell|describe|continue|make|create|compose|imagine|narrate)\b",
    re.IGNORECASE,
)
LARGEST_SEED = 2**31 - 1

_seeds = SystemRandom()


class BadInput(Exception):
    """What is wrong with a file or a field, in a sentence."""


@dataclass(frozen=True)
class Person:
    """What a profile file tells of a person."""

    about: prompts.About = prompts.About()
    experiences: tuple[prompts.Lived, ...] = ()
    tones: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wish:
    """One passage to be written."""

    prompt: str
    id: Any = None
    tone: str = ""
    person: Person = field(default_factory=Person)
    max_tokens: int | None = None
    seed: int | None = None


@dataclass(frozen=True)
class Woven:
    id: Any
    text: str
    tokens: int
    seconds: float
    tone: str = ""
    seed: int = 0
    error: str = ""
    measured: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {
            "id": self.id,
            "text": self.text,
            "tokens": self.tokens,
            "seconds": round(self.seconds, 3),
            "seed": self.seed,
        }
        if self.tone:
            row["tone"] = self.tone
        if self.measured:
            row["measured"] = self.measured
        if self.error:
            row["error"] = self.error
        return row


def weave(
    engine: Engine,
    wish: Wish,
    layers: Collection[str] | None = None,
    watch: Callable[[str], None] | None = None,
    phrasing: str = "",
) -> Woven:
    """Write one passage after the opening that is the prompt, as in the editor.

    A prompt that tells what to do ("Write about ...") is a direction instead.
    `layers`: of the regulator, if not those of the settings. `watch`: told the text
    so far, whenever there is more of it. `phrasing`: see stories/prompts/phrasing.py.
    """
    layers = settings.TONE_LAYERS if layers is None else layers
    seed = _seeds.getrandbits(31) if wish.seed is None else wish.seed
    tone = wish.tone or next(iter(wish.person.tones), "")
    length = _length_for(wish.max_tokens)
    sampling = sampling_for(
        engine, length=length, creativity=Creativity.BALANCED, seed=seed
    )
    if wish.max_tokens:
        most = min(wish.max_tokens, engine.context // 2)
        sampling = replace(sampling, max_tokens=most)
    directed = bool(INSTRUCTION.match(wish.prompt.strip()))
    opening = prompts.Told(wish.prompt, Author.PERSON.value)
    assembled = prompts.fit(
        engine=engine,
        room=sampling.max_tokens,
        story=prompts.Settings(length=length.value),
        profile=wish.person.about,
        experiences=wish.person.experiences,
        path=() if directed else (opening,),
        ask=prompts.Ask(
            direction=wish.prompt if directed else "",
            tone=tone if "conditioning" in layers else "",
        ),
        phrasing=phrasing,
    )
    begun = time.perf_counter()
    text, tokens = "", 0
    run = voice.speak(
        engine,
        assembled.prompt,
        sampling,
        target=tone_target(tone),
        before="" if directed else wish.prompt,
        avoid=wish.person.about.avoid,
        layers=layers,
        hurry=False,
    )
    pieces = run.pieces() if run else engine.generate(assembled.prompt, sampling)
    for piece in pieces:
        text += piece.text
        tokens = piece.tokens or tokens
        if watch and piece.text:
            watch(text)
    seconds = time.perf_counter() - begun
    text = text.strip()
    return Woven(wish.id, text, tokens, seconds, tone, seed, measured=measure(text))


def tone_target(tone: str) -> dict[str, Any] | None:
    if not tone:
        return None
    return {"tone": tone, "as": tone, "strength": 1.0, "source": "tone"}


def _length_for(max_tokens: int | None) -> Length:
    """The length to ask for, so that a passage can end within its tokens."""
    if max_tokens is None:
        return Length.MEDIUM
    fitting = [length for length in Length if TOKENS[length] >= max_tokens]
    return fitting[0] if fitting else Length.LONG


def weave_all(engine: Engine, wishes: list[Wish]) -> Iterator[Woven]:
    """Many at once, in the order they were wished. One failing harms no other."""

    def one(wish: Wish) -> Woven:
        try:
            return weave(engine, wish)
        except EngineError as error:
            return Woven(wish.id, "", 0, 0.0, wish.tone, error=str(error))

    with ThreadPoolExecutor(AT_ONCE, "weave") as pool:
        yield from pool.map(one, wishes)


# --- reading ---------------------------------------------------------------------


def read_person(path: Path) -> Person:
    """A profile from a JSON file."""
    try:
        data = json.loads(_text_of(path))
    except ValueError as error:
        raise BadInput(f"{path.name} is not JSON: {error}.") from None
    return person_from(data, path.name)


def read_wishes(path: Path, person: Person, **defaults: Any) -> list[Wish]:
    """One wish a line; all are checked before the first is written."""
    wishes = []
    for number, line in enumerate(_text_of(path).splitlines(), 1):
        if not line.strip():
            continue
        place = f"{path.name}, line {number}"
        try:
            data = json.loads(line)
        except ValueError as error:
            raise BadInput(f"{place} is not JSON: {error}.") from None
        wishes.append(wish_from(data, place, person, **defaults))
    return wishes


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8 text.") from None


def wish_from(data: Any, place: str, person: Person, **defaults: Any) -> Wish:
    known = {"id", "prompt", "tone", "profile", "max_tokens", "seed"}
    row = _fields(data, place, known)
    for name in ("id", "prompt"):
        if name not in row:
            raise BadInput(f"{place} has no {name}.")
    if isinstance(row["id"], dict | list | None):
        raise BadInput(f"{place}: id must be text or a number.")
    if "profile" in row:
        person = person_from(row["profile"], f"{place}, profile")
    given = {k: row[k] for k in ("tone", "max_tokens", "seed") if k in row}
    return make_wish(place, row["prompt"], row["id"], person, **defaults | given)


def make_wish(
    place: str,
    prompt: Any,
    id: Any,
    person: Person,
    tone: Any = "",
    max_tokens: Any = None,
    seed: Any = None,
) -> Wish:
    if not isinstance(prompt, str):
        raise BadInput(f"{place}: prompt must be text.")
    _check_tone(tone, place)
    _check_number(max_tokens, f"{place}: max_tokens", 1, 4096)
    _check_number(seed, f"{place}: seed", 0, LARGEST_SEED)
    return Wish(prompt, id, tone, person, max_tokens, seed)


def person_from(data: Any, place: str) -> Person:
    known = {"name", "experiences", "values", "tones", "avoid"}
    row = _fields(data, place, known)
    if not isinstance(row.get("name", ""), str):
        raise BadInput(f"{place}: name must be text.")
    tones = _words(row, "tones", place)
    for tone in tones:
        _check_tone(tone, place)
    experiences = row.get("experiences", [])
    if not isinstance(experiences, list):
        raise BadInput(f"{place}: experiences must be a list.")
    lived = [
        _lived(item, f"{place}, experience {number}", number)
        for number, item in enumerate(experiences, 1)
    ]
    return Person(
        prompts.About(_words(row, "values", place), _words(row, "avoid", place)),
        tuple(filter(None, lived)),
        tones,
    )


def _lived(data: Any, place: str, number: int) -> prompts.Lived | None:
    """An experience, or None if its person keeps it to themselves."""
    texts = {"what", "when", "where", "who", "felt"}
    row = _fields(data, place, texts | {"consent"})
    consent = row.pop("consent", Consent.PROMPT.value)
    if consent not in Consent.values:
        choices = ", ".join(Consent.values)
        raise BadInput(f"{place}: consent must be one of {choices}.")
    for name, value in row.items():
        if not isinstance(value, str):
            raise BadInput(f"{place}: {name} must be text.")
    if not row.get("what", "").strip():
        raise BadInput(f"{place} does not say what happened.")
    return None if consent == Consent.NEVER else prompts.Lived(number, **row)


def _fields(data: Any, place: str, known: set[str]) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise BadInput(f"{place} must be a JSON object.")
    if unknown := sorted(data.keys() - known):
        raise BadInput(f"{place} has an unknown field {unknown[0]!r}.")
    return {name: value for name, value in data.items() if value is not None}


def _words(row: dict[str, Any], name: str, place: str) -> tuple[str, ...]:
    words = row.get(name, [])
    if not isinstance(words, list) or not all(isinstance(w, str) for w in words):
        raise BadInput(f"{place}: {name} must be a list of words.")
    return tuple(words)


def _check_tone(tone: Any, place: str) -> None:
    if tone and tone not in Tone.values:
        choices = ", ".join(Tone.values)
        raise BadInput(f"{place}: tone must be one of {choices}.")


def _check_number(value: Any, what: str, least: int, most: int) -> None:
    if value is None:
        return
    if type(value) is not int or not least <= value <= most:
        raise BadInput(f"{what} must be a whole number from {least} to {most}.")
