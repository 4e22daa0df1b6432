"""Who is in a composed scene, what for, and the experience it is to tell."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from training.seedling import things as daily
from training.seedling.lives import is_experience, told_of
from training.seedling.names import a_name, a_place
from training.seedling.prepare import Prepared
from training.seedling.recipe import HERE

LINES = HERE / "scene_lines"
NOTED = 0.65  # of the experiences; the rest nobody ever had


@dataclass(frozen=True)
class Life:
    """What happened to somebody, and the things in it that a story may dwell on."""

    line: str
    keys: tuple[str, ...]


@cache
def lines() -> dict[str, list[str]]:
    """Lines by the section they stand in."""
    found: dict[str, list[str]] = {}
    for path in sorted(LINES.glob("*.txt")):
        for name, text in daily.sections(path).items():
            found.setdefault(name, []).extend(filter(None, text.splitlines()))
    return found


@cache
def words(section: str) -> list[str]:
    return daily.listed(" ".join(lines()[section]))


def a(thing: str) -> str:
    return f"{daily.article(thing)} {thing}"


def composed_life(rng: random.Random) -> Life:
    """An experience that nobody had, of the kind people note down."""
    role, role2 = rng.sample(words("role"), 2)
    x, b = daily.a_thing(rng), daily.a_thing(rng)
    animal = rng.choice(daily.STAND_INS["animal"])
    food = rng.choice(daily.STAND_INS["food"])
    plant = rng.choice(daily.STAND_INS["outdoors"][:14])
    values = {
        "role": role,
        "role2": role2,
        "role_own": f"{role}'s",
        "x": x,
        "a": a(x),
        "b": a(b),
        "animal": a(animal),
        "food": a(food),
        "plant": a(plant),
        "spot": rng.choice(words("spot")),
    }
    turn = rng.choice(["", *lines()["turn"]])
    pattern = rng.choice(lines()["deed"]) + (
        turn if turn[:1] == "," else f" {turn}".rstrip()
    )
    time = rng.choice(lines()["time"]) if rng.random() < 0.35 else ""
    line = pattern.format(**values)
    line = f"{time}, I {line}." if time else f"I {line}."
    used = {"x": x, "b": b, "animal": animal, "food": food, "plant": plant}
    keys = [n for n in used.values() if re.search(rf"\b{re.escape(n)}\b", line)]
    keys += [role.split(" ", 1)[1]] if role in line and role[:2] != "my" else []
    return Life(line, tuple(keys))


def lives_of(
    stories: Sequence[Prepared], noted: Sequence[str], nouns: set[str]
) -> list[Life]:
    """Experiences that stand in books of memoirs, and those written by hand."""
    found = list(noted)
    for story in stories:
        if story.source in ("first_person", "classic_children"):
            for piece in story.pieces:
                found += filter(is_experience, re.split(r"(?<=[.!]) ", piece.text))
    return [Life(line, keys_in(line, nouns)) for line in dict.fromkeys(found)]


def keys_in(line: str, nouns: set[str]) -> tuple[str, ...]:
    held = re.findall(r"\b(?:an?|the|my|our|his|her) (?:[a-z]+ )?([a-z]{3,})\b", line)
    single = [word for word in dict.fromkeys(held) if word[-1] != "s"]
    return tuple(word for word in single if word in nouns)


@dataclass
class Cast:
    """Who is in a scene and what for."""

    teller: str
    hero: str  # the teller's name where the story is not told as "I"
    others: list[str]
    things: list[str]
    place: str
    life: Life | None

    @property
    def keys(self) -> tuple[str, ...]:
        return self.life.keys if self.life else ()

    @property
    def names(self) -> list[str]:
        return [*([self.hero] if self.hero else []), *self.others]


def cast_of(lives: Sequence[Life], rng: random.Random) -> Cast:
    teller = rng.choice(("I", "I", "she", "he", "they"))
    wanted = rng.choice((1, 1, 2, 2, 3))
    old = {"she": "Lily", "he": "Tim"}.get(teller, "")
    names = list(
        dict.fromkeys(a_name(rng, old if n == 0 else "") for n in range(wanted))
    )
    hero = ""
    if teller == "they":
        names = names if len(names) > 1 else [*names, a_name(rng, "")]
        hero, names = f"{names[0]} and {names[1]}", names[2:]
    elif teller != "I":
        hero, names = names[0], names[1:]
    life = None
    if rng.random() < 0.8:
        life = (
            rng.choice(lives) if lives and rng.random() < NOTED else composed_life(rng)
        )
        if told_of(life.line, teller) is None:
            life = composed_life(rng)
    things = [daily.a_thing(rng) for _ in range(rng.choice((0, 1, 1, 2, 2)))]
    things = list(dict.fromkeys(things))
    place = ""
    if rng.random() < 0.4:
        place = a_place(rng) if rng.random() < 0.5 else rng.choice(words("spot"))
        place = re.sub(r"^(?:in|at|on|by|under|behind) ", "", place)
    return Cast(teller, hero, names, things, place, life)
