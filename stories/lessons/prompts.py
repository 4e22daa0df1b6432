"""What the model sees of a lesson: a header of data, an ask, and the story so far.

Interests and words are fields of the header, never instructions, and arrive without
line breaks or colons: a pupil who writes "Direction: ..." has written an odd hobby.
"""

import re

from stories.lessons.values import Wish
from training.engine import Message, Prompt

PREFACE = (
    "You write a short story for a child, one sentence after another, in simple and "
    "kind words. Use the details below. Write only the story."
)
LEVELS = {"starter": "simple", "easy": "simple", "middle": "plain", "stretch": "rich"}
#: What a class reads is told as books tell it; most of its sentences are begun for the
#: model, and a story of a person's own life (in `training/seedling`, a plot) would not
#: go on from them.
TALE = "tale"
#: Words of the story so far that the model still sees.
REMEMBERED = 160
_SIGNS = re.compile(r"[<>|:{}\[\]\n\r]+")


def data(text: str, longest: int = 200) -> str:
    return " ".join(_SIGNS.sub(" ", text).split())[:longest]


def header(wish: Wish, things: tuple[str, ...]) -> str:
    fields = {
        "Form": TALE if wish.form == "story" else wish.form,
        "Level": LEVELS[wish.level],
        "Teller": wish.pronoun,
        "Names": data(wish.hero, 40),
        "Things": ", ".join(data(thing, 40) for thing in things),
    }
    return "\n".join(f"{name}: {value}" for name, value in fields.items() if value)


def ask(wish: Wish, part: str, direction: str) -> str:
    fields = {
        "Part": part,
        "Tone": wish.tone,
        "Length": "medium",
        "Direction": data(direction),
    }
    return "\n".join(f"{name}: {value}" for name, value in fields.items() if value)


def prompt(
    wish: Wish,
    *,
    told: str,
    stem: str = "",
    part: str = "middle",
    direction: str = "",
    things: tuple[str, ...] = (),
    named: bool = True,
    wanted: str = "",
) -> Prompt:
    """The last message is left open where the story, or the stem, is to go on."""
    messages: list[Message] = [
        {"role": "system", "content": f"{PREFACE}\n\n{header(wish, things)}"},
        {"role": "user", "content": ask(wish, part, direction)},
    ]
    open_text = " ".join(filter(None, [end_of(told), stem]))
    if open_text:
        messages.append({"role": "assistant", "content": f"{open_text} "})
    names = (data(wish.hero, 40),) if named else ()
    return Prompt(tuple(messages), names, (data(wanted, 40),) if wanted else ())


def end_of(told: str) -> str:
    words = told.split()
    return told if len(words) <= REMEMBERED else " ".join(words[-REMEMBERED:])
