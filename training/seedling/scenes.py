"""Scenes put together by rule: an experience in, the experience told, in a tone.

Real stories hardly ever come with the life they were made from. These do: whatever
the header names is used, whoever is asked for tells it, each passage takes its tone
from lines written for that tone. They stay the smaller part of what is read, so that
prose is learnt from stories; here only obedience is.
"""

import random
import re
from collections.abc import Sequence

from training.seedling.casts import Cast, Life, a, cast_of, lines
from training.seedling.documents import BARE, PREFACE, Message
from training.seedling.labels import TONES, VALUES, length_of, level_of_text
from training.seedling.lives import OWN, told_of
from training.seedling.tone_lines import ToneLines

MINED = 0.15  # of the lines of a tone, from the corpus
WORDS = {"short": 30, "medium": 62, "long": 110}  # of a passage, at least about


def filled(line: str, cast: Cast, n: str, thing: str, key: str) -> str | None:
    """The line with its slots filled, or None where one of them is not known."""
    teller = cast.teller
    subject, object_, own, _, self_ = OWN.get(
        teller, ("I", "me", "my", "mine", "myself")
    )
    values = {
        "s": subject,
        "o": object_,
        "p": own,
        "r": self_,
        "was": "were" if teller == "they" else "was",
        "n": n,
        "t": thing,
        "a_t": a(thing) if thing else "",
        "k": key,
        "place": cast.place,
        "place_cap": cast.place[:1].upper() + cast.place[1:],
        "p_cap": own.capitalize(),
    }
    slots = re.findall(r"\{(\w+)\}", line)
    if any(not values.get(slot) for slot in slots):
        return None
    text = line.format(**values)
    text = re.sub(r"(?<=[.!?] )[a-z]", lambda m: m[0].upper(), text)
    return text[:1].upper() + text[1:]


class Telling:
    """Draws lines for one scene, none of them twice."""

    def __init__(self, cast: Cast, rng: random.Random, more: ToneLines):
        self.cast, self.rng, self.more = cast, rng, more
        self.used: set[str] = set()
        self.named: list[bool] = []  # did a line, in the order drawn, name someone

    def draw(self, kind: str, *, n: str = "", thing: str = "", key: str = "") -> str:
        """A line of this kind, about that person or thing or about any of them."""
        rng, cast = self.rng, self.cast
        n = n or rng.choice(cast.others or [""])
        thing = thing or rng.choice(cast.things or [""])
        key = key or rng.choice(cast.keys or ("",))
        choice = lines()[kind]
        if kind not in ("neutral", "hopeful") and rng.random() < MINED:
            choice = self.more.get(kind) or choice
        for line in rng.sample(choice, min(len(choice), 40)):
            if line in self.used or (kind in TONES and self.names_too_often(line)):
                continue
            if text := filled(line, cast, n, thing, key):
                self.used.add(line)
                self.named.append("{n}" in line)
                return text
        return ""

    def names_too_often(self, line: str) -> bool:
        """Nobody is called by name in every sentence."""
        return "{n}" in line and any(self.named[-2:])

    def passages(self, tones: list[str]) -> list[str]:
        """The experience first, then who and what the header names, in every tone."""
        cast, rng = self.cast, self.rng
        due = [("thing", {"thing": thing}) for thing in cast.things]
        due += [("other", {"n": name}) for name in cast.others]
        due += [("place", {})] if cast.place else []
        due += [("key", {})] if cast.keys and rng.random() < 0.6 else []
        rng.shuffle(due)
        later = 0 if len(tones) == 1 else sum(rng.random() < 0.25 for _ in due)
        told = []
        for at, tone in enumerate(tones):
            now = due[later:] if at == 0 else due[:later] if at == 1 else []
            start = self.beginning() if at == 0 else []
            told.append(self.passage(tone, start, now, at == len(tones) - 1))
        return told

    def passage(self, tone: str, start: list[str], due: list, last: bool) -> str:
        rng = self.rng
        length = rng.choice(("short", "medium", "medium", "long"))
        told = [self.draw(kind, **about) for kind, about in due]
        for number in range(8):
            if number and len(" ".join(start + told).split()) >= WORDS[length]:
                break
            told.append(self.draw(tone))
        if last and rng.random() < 0.3:
            told.append(self.draw("ending"))
        return " ".join(line for line in start + told if line)

    def beginning(self) -> list[str]:
        start = [self.draw("opening")] if self.rng.random() < 0.35 else []
        return start + (self.told_life() if self.cast.life else self.introduction())

    def told_life(self) -> list[str]:
        cast, rng = self.cast, self.rng
        assert cast.life
        told = told_of(cast.life.line, cast.teller, cast.hero or None)
        told = told or cast.life.line
        if cast.hero and cast.hero not in told:
            return [*self.introduction(), told]
        for comma, stop in ((", but ", ". But "), (", so ", ". So "), (", and ", ". ")):
            if comma in told and rng.random() < 0.35:
                before, after = told.split(comma, 1)
                if len(after.split()) > 3 and re.match(r"[a-z]+ [a-z]+", after):
                    after = after if "ut" in stop or "So" in stop else upper(after)
                    return [before + stop.rstrip() + " " + after]
        return [told]

    def introduction(self) -> list[str]:
        if not self.cast.hero:
            return []
        verb = "were" if self.cast.teller == "they" else "was"
        return [
            self.rng.choice(
                (
                    f"{self.cast.hero} {verb} on the way home.",
                    f"This is what {self.cast.hero} told later.",
                    f"{self.cast.hero} {verb} alone that day.",
                    f"Nobody knew {self.cast.hero} well.",
                    f"{self.cast.hero} got up early.",
                )
            )
        ]


def upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def scene_messages(
    lives: Sequence[Life], more: ToneLines, rng: random.Random
) -> list[Message]:
    """One scene as the editor's messages: an opening and one more passage or two."""
    cast = cast_of(lives, rng)
    tones = [rng.choice(TONES) for _ in range(rng.choice((1, 2, 2, 2, 3)))]
    form = rng.choice(("story",) * 8 + ("diary", "letter"))
    passages = Telling(cast, rng, more).passages(tones)
    if form == "diary":
        day = rng.choice("Monday Tuesday Thursday Friday Saturday Sunday".split())
        passages[0] = f"{day}. {passages[0]}"
    if form == "letter" and cast.others:
        passages[0] = f"Dear {cast.others[0]},\n\n{passages[0]}"
    header = header_lines(cast, form, level_of_text("\n".join(passages)), rng)
    messages = [{"role": "system", "content": f"{PREFACE}\n\n{header}"}]
    for at, (tone, text) in enumerate(zip(tones, passages, strict=True)):
        part = "opening" if at == 0 else "ending" if at == len(tones) - 1 else "middle"
        ask = [
            f"Part: {part}" if rng.random() < 0.8 else "",
            f"Tone: {tone}" if rng.random() < 0.92 else "",
            f"Length: {length_of(text)}" if rng.random() < 0.85 else "",
        ]
        content = "\n".join(filter(None, ask)) or BARE
        messages.append({"role": "user", "content": content})
        messages.append({"role": "assistant", "content": text})
    return messages


def title_of(cast: Cast, rng: random.Random) -> str:
    """What a person might call it: after a thing, a place or a day."""
    nouns = [*cast.things, *cast.keys]
    known = [f"The {noun}".title() for noun in nouns]
    known += [cast.place.title()] if cast.place else []
    return rng.choice(known) if known else rng.choice(("That Day", "Sunday", "Home"))


def header_lines(cast: Cast, form: str, level: str, rng: random.Random) -> str:
    names = [name for part in cast.names for name in part.split(" and ")]
    rng.shuffle(names)
    known = {
        "Title": title_of(cast, rng) if rng.random() < 0.3 else "",
        "Form": form if form != "story" or rng.random() < 0.5 else "",
        "Level": level if rng.random() < 0.6 else "",
        "Teller": cast.teller if rng.random() < 0.92 else "",
        "Names": ", ".join(names),
        "Places": cast.place,
        "Things": ", ".join(cast.things),
        "Values": rng.choice(list(VALUES)) if rng.random() < 0.2 else "",
        "Experience": cast.life.line if cast.life else "",
    }
    return "\n".join(f"{field}: {value}" for field, value in known.items() if value)
