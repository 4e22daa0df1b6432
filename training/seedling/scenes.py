"""Scenes: plots told of whoever, whatever and wherever a header names.

Real stories hardly ever come with the life they were made from. These do: whatever
the header names is used, whoever is asked for tells it, each passage has the tone it
is asked for, and each line follows from the one before. They stay the smaller part of
what is read, so that prose is learnt from stories; here obedience is.
"""

import argparse
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from training.engine.teller import told_of
from training.seedling.casts import Cast, Life, cast_for
from training.seedling.documents import BARE, PREFACE, Message, named_soon
from training.seedling.labels import VALUES, length_of, level_of_text
from training.seedling.plots import (
    SLOT,
    TELLERS,
    Passage,
    Plot,
    plots_in,
    read_plots,
    sequels,
)
from training.seedling.telling import DAYS, Telling, upper

STOP = re.compile(r"[.!?] (?=[A-Z])")
TOLD_ON = {"middle": 0.3, "ending": 0.4}  # how often another passage follows
#: Of the scenes go on and on, in whatever tones, as a story in the editor does.
LONG = 0.05
LONG_MIDDLES = (3, 4, 5, 6, 7)
#: Seldom: there are few sequels, and they would be all that follows.
LEFT_FOR_SEQUEL = 0.08
PARTED = 0.35  # of the passages are told in two
LEVEL_TOLD = 0.5
TELLER_TOLD = 0.92
#: Plots are mostly simple. Never seen under "rich", they would be given up for the
#: prose of old books as soon as a header says so, and its wishes with them.
LEVEL_MISSED = 0.4
TELLERS_OF_FORM = {("one", "letter"): ("I",), ("one", "script"): ("she", "he")}
#: "I" may tell every plot, so seldom takes one that she or he could tell.
TOLD_BY = {"I": 0.4, "she": 0.95, "he": 1.15, "they": 1.0}
OFTEN = {"one": 1.0, "two": 0.55}  # how often a plot is told, by its tellers
#: Forms that few plots have: told no more often, they would never be learnt.
OFTEN_BY_FORM = {"letter": 2.0, "poem": 2.0, "script": 2.0}
#: How often a header has what a plot can tell and do without: people note down little.
ALSO = {"t": 0.25, "t2": 0.4, "place": 0.4, "life": 0.3, "key": 1.0}
ALSO_TWO_NAMED = {"I": 0.25}  # others have a name themselves
ALSO_NAMED = {"I": 0.75}  # "I" needs somebody else to have a name in the header
ALSO_NAMED_ELSE = 0.35
TITLES = (  # that say nothing of what is told, as people's titles often do
    "Home",
    "That Day",
    "Once More",
    "Late Autumn",
    "The Last Summer",
    "What I Remember",
    "A Morning in May",
    "Five Minutes",
    "Nobody Knew",
    "The First Time",
    "The Other Side of the Road",
    "Before Winter",
    "Bread and Butter",
    "How It Began",
    "The Years Between",
    "Where We Were",
)


def often(plot: Plot) -> float:
    return OFTEN[plot.tellers] * OFTEN_BY_FORM.get(plot.form, 1.0)


def teller_for(plot: Plot, rng: random.Random) -> str:
    """Who tells it: where there is a choice, nobody taken for another in it."""
    able = TELLERS_OF_FORM.get((plot.tellers, plot.form), TELLERS[plot.tellers])
    clear = [teller for teller in able if teller in plot.passages[0].clear] or able
    return rng.choices(clear, [TOLD_BY[teller] for teller in clear])[0]


def told_of_teller(
    passages: Sequence[Passage], teller: str, chosen: Sequence[Passage] = ()
) -> list[Passage]:
    """Those that can be told of this teller, and have not been."""
    return [one for one in passages if teller in one.clear and one not in chosen]


def passages_drawn(plot: Plot, teller: str, rng: random.Random) -> list[Passage]:
    """Its opening, and mostly one of what may come after, part by part.

    What comes after is the plot's own, or from some point on a sequel's, as a person
    may ask for a tone that the plot's own passages do not have.
    """
    if plot.tellers == "any":
        return plot.passages
    chosen = plot.of("opening")
    if plot.about and rng.random() < LONG:
        return chosen + long_after(plot, teller, rng)
    left = False  # for a sequel
    for part in ("middle", "middle", "ending"):
        if rng.random() < TOLD_ON[part]:
            left = left or rng.random() < LEFT_FOR_SEQUEL
            choice = sequels(part) if left and plot.about else plot.of(part)
            later = told_of_teller(choice, teller, chosen)
            chosen += rng.sample(later, min(1, len(later)))
    return chosen


def long_after(plot: Plot, teller: str, rng: random.Random) -> list[Passage]:
    """Now and then the plot's own middle, many sequels, and mostly an end."""
    own = plot.of("middle") if rng.random() < 0.5 else []
    middles = told_of_teller(sequels("middle"), teller)
    ends = plot.of("ending") if rng.random() < 0.4 else sequels("ending")
    ends = told_of_teller(ends, teller)
    end = [rng.choice(ends)] if ends and rng.random() < 0.7 else []
    many = rng.sample(middles, rng.choice(LONG_MIDDLES))
    return [*told_of_teller(own, teller), *many, *end]


def needs_of(passages: list[Passage], teller: str, rng: random.Random) -> set[str]:
    """What the header must have, and some of what it may have."""
    lines = [line for passage in passages for line in passage.lines]
    needs: set[str] = set().union(*(passage.must for passage in passages))
    named = ALSO_NAMED.get(teller, ALSO_NAMED_ELSE)
    often = ALSO | {"n": named, "n2": ALSO_TWO_NAMED.get(teller, 0.0)}
    also = {need for need, share in often.items() if rng.random() < share}
    for line in lines:
        if line.if_known and line.needs <= needs | also:
            needs |= line.needs
    # an experience that no line tells would be promised in vain
    return needs if "life" in needs else needs - {"key"}


def scene_of(
    plot: Plot, lives: Sequence[Life], rng: random.Random
) -> tuple[Telling, list[Passage], list[str]]:
    teller = teller_for(plot, rng)
    passages = passages_drawn(plot, teller, rng)
    cast = cast_for(teller, needs_of(passages, teller, rng), lives, rng)
    telling = Telling(cast, plot, rng)
    return telling, passages, [telling.passage(p) for p in passages]


@dataclass
class Scene:
    """A header, and passages told under it, as a person's story would be."""

    telling: Telling
    header: str
    greeting: str  # before the first line: of a letter, or the day of a diary
    passages: list[Passage]
    texts: list[str]

    def turn(self, at: int) -> list[Message]:
        return turn_of(self.passages[at], self.texts[at], self.telling)

    def messages(self) -> list[Message]:
        """As the editor sends them."""
        system = {"role": "system", "content": f"{PREFACE}\n\n{self.header}"}
        turns = [self.turn(at) for at in range(len(self.passages))]
        return [system, *(message for turn in turns for message in turn)]


def a_scene(
    lives: Sequence[Life], rng: random.Random, *, parting: bool = False
) -> Scene:
    """An opening and what comes after, each passage whole, or some told in two."""
    plots = read_plots()
    plot = rng.choices(plots, [often(plot) for plot in plots])[0]
    telling, passages, texts = scene_of(plot, lives, rng)
    cast, form = telling.cast, plot.form
    if form == "story" and cast.teller == "I" and rng.random() < 0.1:
        form = "diary"
    greeting = ""
    if form == "diary":
        greeting = f"{rng.choice(DAYS)}. "
    if form == "letter" and cast.others:
        greeting = f"Dear {cast.others[0]},\n\n"
    texts[0] = greeting + texts[0]
    if parting:
        passages, texts = sometimes_parted(passages, texts, rng)
    header = header_lines(cast, form, texts, rng)
    return Scene(telling, header, greeting, passages, texts)


def scene_messages(lives: Sequence[Life], rng: random.Random) -> list[Message]:
    """One scene as the editor's messages, some of its passages told in two."""
    return a_scene(lives, rng, parting=True).messages()


def turn_of(passage: Passage, text: str, telling: Telling) -> list[Message]:
    """What is asked of one passage, and the passage."""
    rng = telling.rng
    ask = [
        f"Part: {passage.part}" if rng.random() < 0.8 else "",
        f"Tone: {passage.tone}" if rng.random() < 0.92 else "",
        f"Length: {length_of(text)}" if rng.random() < 0.85 else "",
        direction_of(passage, telling),
    ]
    content = "\n".join(filter(None, ask)) or BARE
    return [
        {"role": "user", "content": content},
        {"role": "assistant", "content": text},
    ]


def parted(
    passages: list[Passage], texts: list[str], at: int, length: str
) -> tuple[list[Passage], list[str]]:
    """One passage in two: the first is as long as asked, and the next one goes on."""
    ends = [mark.end() for mark in STOP.finditer(texts[at])]
    ends = [end for end in ends if length_of(texts[at][:end]) == length]
    if not ends:
        return passages, texts
    whole, cut = passages[at], ends[-1]
    first = replace(whole, part="middle") if whole.part == "ending" else whole
    rest = whole if whole.part == "ending" else replace(whole, part="middle")
    halves = [first, replace(rest, direction="")]
    told = [texts[at][:cut].strip(), texts[at][cut:].strip()]
    return (
        [*passages[:at], *halves, *passages[at + 1 :]],
        [*texts[:at], *told, *texts[at + 1 :]],
    )


def sometimes_parted(
    passages: list[Passage], texts: list[str], rng: random.Random
) -> tuple[list[Passage], list[str]]:
    """Most passages of plots are long, and a short one may be asked for."""
    for at in reversed(range(len(passages))):
        if rng.random() < PARTED:
            wanted = rng.choice(("short", "medium"))
            passages, texts = parted(passages, texts, at, wanted)
    return passages, texts


def direction_of(passage: Passage, telling: Telling) -> str:
    """What the passage was asked to bring, now and then."""
    asked = passage.direction
    known = all(telling.value(slot) for slot in SLOT.findall(asked))
    if not asked or not known or telling.rng.random() < 0.5:
        return ""
    return "Direction: " + upper(SLOT.sub(lambda m: telling.value(m[1]), asked))


def title_of(cast: Cast, rng: random.Random) -> str:
    """What a person might call it: after a thing, a place or a day."""
    nouns = [*cast.things, *cast.keys]
    known = [f"The {noun}".title() for noun in nouns]
    known += [cast.place.title()] if cast.place else []
    return rng.choice(known if known and rng.random() < 0.6 else TITLES)


def header_lines(cast: Cast, form: str, texts: list[str], rng: random.Random) -> str:
    """It promises only what the texts under it keep, of things mostly the first one."""
    text = "\n".join(texts)
    names = [name for part in cast.names for name in part.split(" and ")]
    names = [name for name in names if name in text]
    if cast.teller in ("I", "they"):
        rng.shuffle(names)
    values = rng.sample(list(VALUES), rng.choice((0, 0, 0, 1, 2, 2)))
    teller = cast.teller if rng.random() < TELLER_TOLD else ""
    life = cast.life.line if cast.life else ""
    known = {
        "Title": title_of(cast, rng) if rng.random() < 0.3 else "",
        "Form": form if form != "story" or rng.random() < 0.5 else "",
        "Level": level_of_text(text) if rng.random() < LEVEL_TOLD else "",
        "Teller": teller,
        "Names": ", ".join(names),
        "Places": cast.place if cast.place in text else "",
        "Things": ", ".join(named_soon(cast.things, texts[0], text.lower(), rng)),
        "Values": ", ".join(values),
        "Experience": told_of(life, teller) or life,
    }
    if not known["Level"] and rng.random() < LEVEL_MISSED:
        known["Level"] = rng.choice(("plain", "rich"))
    return "\n".join(f"{field}: {value}" for field, value in known.items() if value)


def main() -> None:
    """For writers of plots: what is wrong with a file, or some of it told."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--tell", type=int, default=6)
    options = parser.parse_args()
    plots = plots_in(options.file.read_text(encoding="utf-8"))
    print(f"{len(plots)} plots, {sum(len(p.passages) for p in plots)} passages")
    rng = random.Random()
    for plot in rng.sample(plots[-60:], min(options.tell, len(plots))):
        telling, passages, texts = scene_of(plot, (), rng)
        cast = telling.cast
        print(f"\n--- {cast.teller}: {cast.names} {cast.things} {cast.place}")
        print(f"    {cast.life.line if cast.life else ''}")
        for passage, text in zip(passages, texts, strict=True):
            print(f"[{passage.part} {passage.tone}] {text}")


if __name__ == "__main__":
    main()
