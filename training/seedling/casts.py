"""Who is in a composed scene, what for, and the experience it is to tell."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from training.engine.teller import told_of
from training.seedling import things as daily
from training.seedling.lives import is_experience
from training.seedling.names import a_name, a_place
from training.seedling.prepare import Prepared
from training.seedling.recipe import HERE

WORDS = HERE / "scene_words.txt"
NOTED = 0.65  # of the experiences; the rest nobody ever had


@dataclass(frozen=True)
class Life:
    """What happened to somebody, and the things in it that a story may dwell on."""

    line: str
    keys: tuple[str, ...]


@cache
def lines() -> dict[str, list[str]]:
    """Lines by the section they stand in."""
    sections = daily.sections(WORDS)
    return {name: list(filter(None, t.splitlines())) for name, t in sections.items()}


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
    def known(self) -> set[str]:
        """What a line of a plot may ask for."""
        have = {
            "n": self.others,
            "n2": self.others[1:],
            "t": self.things,
            "t2": self.things[1:],
            "place": self.place,
            "life": self.life,
            "key": self.keys,
        }
        return {need for need, found in have.items() if found}

    @property
    def names(self) -> list[str]:
        return [*([self.hero] if self.hero else []), *self.others]


def a_life(
    teller: str, with_key: bool, lives: Sequence[Life], rng: random.Random
) -> Life:
    """One that can be told of this teller."""
    if lives and rng.random() < NOTED:
        life = rng.choice(lives)
        if told_of(life.line, teller) and (life.keys or not with_key):
            return life
    return composed_life(rng)


def names_for(teller: str, others: int, rng: random.Random) -> tuple[str, list[str]]:
    """The hero's name, of two people for "they", of nobody for "I"; other names."""
    heroes = {"I": 0, "they": 2}.get(teller, 1)
    old = {"she": "Lily", "he": "Tim"}.get(teller, "")
    names: list[str] = []
    while len(names) < heroes + others:
        name = a_name(rng, "" if names else old)
        if name not in names:
            names.append(name)
    return " and ".join(names[:heroes]), names[heroes:]


def place_name(rng: random.Random) -> str:
    place = a_place(rng) if rng.random() < 0.5 else rng.choice(words("spot"))
    place = re.sub(r"^(?:in|at|on|by|under|behind) ", "", place)
    if place.startswith("the ") and rng.random() < 0.4:  # "the kettle bridge"
        place = f"the {daily.a_thing(rng).split()[-1]} {place[4:]}"
    return place


def cast_for(
    teller: str, needs: set[str], lives: Sequence[Life], rng: random.Random
) -> Cast:
    """Whoever and whatever a plot needs: life, key, n, n2, t, t2, place."""
    others = 2 if "n2" in needs else int("n" in needs)
    hero, names = names_for(teller, others, rng)
    things: list[str] = []
    while len(things) < (2 if "t2" in needs else int("t" in needs)):
        thing = daily.a_thing(rng)
        if thing not in things:
            things.append(thing)
    life = None
    if needs & {"life", "key"}:
        life = a_life(teller, "key" in needs, lives, rng)
    place = place_name(rng) if "place" in needs else ""
    return Cast(teller, hero, names, things, place, life)
