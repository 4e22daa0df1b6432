"""One telling of a plot: which of its lines, in which words, of whom and what."""

import random
import re

from training.engine.teller import PRONOUNS, told_of
from training.seedling import things as daily
from training.seedling.casts import Cast, a, words
from training.seedling.plots import IN_LINES, SLOT, Line, Passage, Plot

BEGUN = re.compile(r"(?<=[.!?][ \n])[a-z]")  # a sentence that began with a slot
CHOICE = re.compile(r"\(([^()]*/[^()]*)\)")
INVERTED = re.compile(r'(?<=" )(\w+ed|said|told|sang|sighed) \{h\}')
#: Words after which the hero is an object ("woke her"). After those of the first part
#: "and" may begin what somebody else does ("for Ana and Tom had left").
OBJECT = re.compile(
    r"(?<!\" )\b((?:for|than|told|asked|gave|saw|let|helped|showed|followed|hugged|"
    r"called|thanked|put|lifted|left|took|pulled|pushed|led|brought|carried|made|sent|"
    r"handed|kissed|reached|woke|threw|held|won|bit|wrote|begged|knew|takes|kisses|"
    r"pulls|beckons|about|over)(?= \{h\}(?! and ))|"
    r"to|with|at|from|of|by|on|beside|behind|near|past|around|round|against|between|"
    r"Between|(?:knew|bit|takes)(?= \{h\} and )) \{h\}"
    r"(?! (?:had|was|\{was\}|would|could|did|[a-z]+ed) )"
)
SENTENCE = re.compile(r'(?<=[.!?"\n]) ')
LEFT_OUT = (0.0, 0.3, 0.7, 1.0)  # of the lines that may be, drawn for each passage
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
COLOURS = "red green yellow blue grey white brown orange purple black silver".split()


def upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def slots_of(cast: Cast, about: str, rng: random.Random) -> dict[str, str]:
    """What stands in for each slot, all through one scene; empty if not known."""
    subject, object_, own, _, self_ = PRONOUNS.get(
        cast.teller, ("I", "me", "my", "mine", "myself")
    )
    other = "he" if cast.teller == "she" or rng.random() < 0.5 else "she"
    other = "she" if cast.teller == "he" else other
    food, animal = (rng.choice(daily.STAND_INS[kind]) for kind in ("food", "animal"))
    first, second = [*cast.things, "", ""][:2]
    pair = (cast.hero.split(" and ") + [""])[:2]
    kin = rng.choice([role[3:] for role in words("role") if role.startswith("my ")])
    return {
        "s": subject,
        "o": object_,
        "p": own,
        "r": self_,
        "was": "were" if cast.teller == "they" else "was",
        "heart": "hearts" if cast.teller == "they" else "heart",
        "it": about,
        "h": cast.hero or "I",
        "a": pair[0],
        "b": pair[1],
        "n": cast.others[0] if cast.others else "",
        "n2": cast.others[1] if len(cast.others) > 1 else "",
        "n_s": other,
        "n_o": PRONOUNS[other][1],
        "n_p": PRONOUNS[other][2],
        "t": first,
        "a_t": a(first) if first else "",
        "t2": second,
        "a_t2": a(second) if second else "",
        "k": rng.choice(cast.keys) if cast.keys else "",
        "place": cast.place,
        "food": food,
        "a_food": a(food),
        "animal": animal,
        "an_animal": a(animal),
        "colour": rng.choice(COLOURS),
        "day": rng.choice(DAYS),
        "kin": kin,
    }


def voiced(told: str) -> str:
    """A telling with pronouns where the hero is named."""
    told = INVERTED.sub(r"{h} \1", told.replace("{h}'s", "{p}"))
    return OBJECT.sub(r"\1 {o}", told).replace("{h}", "{s}")


class Telling:
    """Tells the passages of one plot, and its sequels, one after another."""

    def __init__(self, cast: Cast, plot: Plot, rng: random.Random):
        self.cast, self.plot, self.rng = cast, plot, rng
        self.slots = slots_of(cast, plot.about or "that day", rng)
        self.told = ""

    def line(self, line: Line) -> str:
        told = self.rng.choice(line.tellings)
        told = CHOICE.sub(lambda m: self.rng.choice(m[1].split("/")), told)
        if self.is_pronoun():
            told = voiced(told)
        text = SLOT.sub(lambda m: self.value(m[1]), told)
        text = BEGUN.sub(lambda m: m[0].upper(), text.replace(" // ", "\n"))
        self.told += text + " "
        return upper(text)

    def may_be_pronoun(self) -> tuple[bool, ...]:
        """ "I" has no name; one who was named just now may be "she", and two people
        "they" once both have been named."""
        if not self.cast.hero:
            return (True,)
        if self.cast.teller == "they":
            known = all(self.slots[slot] in self.told for slot in "ab")
        elif self.plot.form in IN_LINES:
            known = False
        else:
            last = SENTENCE.split(self.told.strip())[-1]
            known = bool(re.search(rf"\b{re.escape(self.cast.hero)}\b", last))
        return (True, False) if known else (False,)

    def is_pronoun(self) -> bool:
        may_be = self.may_be_pronoun()
        return may_be[0] if len(may_be) == 1 else self.rng.random() < 0.8

    def value(self, slot: str) -> str:
        life = self.cast.life
        if slot == "life" and life:
            hero = self.cast.hero if self.cast.hero not in self.told else None
            return told_of(life.line, self.cast.teller, hero or None) or life.line
        if slot == "life_said" and life:
            return life.line.rstrip(".")
        return self.slots[slot]

    def known_in(self, passage: Passage) -> set[str]:
        """What a line of this passage may tell of."""
        if self.plot.form == "letter" and passage not in self.plot.passages:
            return self.cast.known - {"n", "n2"}  # who reads it is nobody who comes by
        return self.cast.known

    def passage(self, passage: Passage) -> str:
        left_out = self.rng.choice(LEFT_OUT)
        known = self.known_in(passage)
        lines = [
            self.line(line)
            for line in passage.lines
            if (not line.optional or self.rng.random() >= left_out)
            and (not line.if_known or line.needs <= known)
        ]
        return ("\n" if self.plot.form in IN_LINES else " ").join(lines)
