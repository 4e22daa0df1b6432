"""Plots written by hand, each told in very many ways: what follows from what.

A plot is a passage or more, line by line. Every line has several tellings, and whoever
is in the story, what they hold, where they are and what they lived through fill its
slots. Whichever tellings are drawn, one line follows from the other.

    @ one about the exam         who tells it: one (I, she, he) or two ({a} and {b}
                                 together); then a form, if not story; then what the
                                 opening is about, for the sequels' slot {it}
    [opening tense]              part and tone; after a colon the direction asked for
    {life}                       the experience
    {n} asked why. | "Why?" {n} asked.        tellings, one of which is drawn
    - It was (late/dark).        may be left out; one of the words in brackets is drawn
    A lamp, // a door.           two lines of a poem, one under the other
    ? {n} saw {place}.           only where the header has a place, and then always
    [ending sad]                 of several later passages of one part, one is drawn

A sequel ("@ any") has no opening: it is one later passage that may follow any opening,
whoever tells it. It brings a small happening of its own, in one tone, so that whatever
tone is asked for next, the model knows how to go on.
"""

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from training.seedling.labels import TONES
from training.seedling.recipe import HERE

PLOTS = HERE / "scene_plots"
SEQUELS = PLOTS / "sequels"
PARTS = ("opening", "middle", "ending")
TELLERS = {
    "one": ("I", "she", "he"),
    "two": ("they",),
    "any": ("I", "she", "he", "they"),  # of sequels
}
FORMS = ("story", "diary", "letter", "poem", "script")
IN_LINES = ("poem", "script")  # forms in which a line is a line
SLOT = re.compile(r"\{(\w+)\}")
FROM_HEADER = {  # slot: the part of the header that it needs
    "life": "life",
    "life_said": "life",
    "k": "key",
    "n": "n",
    "n_s": "n",
    "n_o": "n",
    "n_p": "n",
    "n2": "n2",
    "t": "t",
    "a_t": "t",
    "t2": "t2",
    "a_t2": "t2",
    "place": "place",
}
#: Words for others, by the teller who would be taken for them.
OTHERS = {
    "he": re.compile(r"\b(?:he|him|his|himself)\b", re.IGNORECASE),
    "she": re.compile(r"\b(?:she|her|hers|herself)\b", re.IGNORECASE),
}
ALWAYS = set(
    "s o p r was heart h a b it food a_food animal an_animal colour day kin".split()
)
#: An "I" may note down two people where the plot knows of one: whether that one is
#: here or far away, the other is no different.
BESIDE = (
    "And {n2} too.",
    "And {n2} as well.",
    "It was the same with {n2}.",
    "And so it was with {n2}.",
    "{n2} was just the same.",
)
GREETED = (  # by a letter to {n}
    "{n2} sends you greetings too.",
    "{n2} still asks about you.",
    "I have told {n2} about it as well.",
    "{n2} and I spoke of you only yesterday.",
)
HEAD = re.compile(
    r"@ (?P<tellers>\w+)(?: (?!about )(?P<form>\w+))?(?: about (?P<about>.+))?"
)


class BadPlot(ValueError):
    """A plot cannot be read; the message says where and why."""


@dataclass(frozen=True)
class Line:
    tellings: tuple[str, ...]
    optional: bool = False  # may be left out
    if_known: bool = False  # told where the header has what its slots need

    @property
    def needs(self) -> set[str]:
        slots = SLOT.findall(" ".join(self.tellings))
        return {FROM_HEADER[slot] for slot in slots if slot in FROM_HEADER}


@dataclass
class Passage:
    part: str
    tone: str
    direction: str = ""
    lines: list[Line] = field(default_factory=list)

    @property
    def must(self) -> set[str]:
        """What the header needs to have."""
        return set().union(*(line.needs for line in self.lines if not line.if_known))

    @cached_property
    def clear(self) -> frozenset[str]:
        """The tellers of whom it may be told without being taken for somebody in it."""
        told = " ".join(" ".join(line.tellings) for line in self.lines)
        taken = {teller for teller, words in OTHERS.items() if words.search(told)}
        return frozenset({"I", "she", "he", "they"} - taken)


@dataclass
class Plot:
    tellers: str  # a key of TELLERS
    form: str
    about: str = ""  # what its opening is about: "the exam"
    passages: list[Passage] = field(default_factory=list)

    def of(self, part: str) -> list[Passage]:
        return [passage for passage in self.passages if passage.part == part]


def line_of(text: str) -> Line:
    mark = text[0] if text[:2] in ("- ", "? ") else ""
    tellings = tuple(t.strip() for t in text.removeprefix(mark + " ").split(" | "))
    return Line(tellings, mark == "-", mark == "?")


def plot_of(text: str) -> Plot:
    """One plot. Raises BadPlot."""
    head, *lines = text.strip().split("\n")
    said = HEAD.fullmatch(head.strip())
    if not said:
        raise BadPlot(f"A plot begins with who tells it: {head}")
    plot = Plot(said["tellers"], said["form"] or "story", said["about"] or "")
    for line in lines:
        line = line.strip()
        if told := re.fullmatch(r"\[(\w+) (\w+)(?:: (.+))?\]", line):
            plot.passages.append(Passage(told[1], told[2], told[3] or ""))
        elif line and plot.passages:
            plot.passages[-1].lines.append(line_of(line))
        elif line:
            raise BadPlot(f"A line stands before the first passage: {line}")
    if plot.tellers == "one" and plot.form != "script" and plot.of("opening"):
        also_told(plot.passages[0], plot.form)
    for fault in faults_of(plot):
        raise BadPlot(f"{fault} (in the plot that has: {lines[1].strip()})")
    return plot


def also_told(opening: Passage, form: str) -> None:
    """A line for a second name of the header, where the first one has come in."""
    if form == "letter":
        opening.lines.append(Line(GREETED, if_known=True))
        return
    for at, line in enumerate(opening.lines):
        if "n" in line.needs and not line.optional:
            beside = Line(BESIDE, if_known=True)
            opening.lines.insert(at + 1, beside)
            return


def faults_of(plot: Plot) -> list[str]:
    """What keeps the plot from being told, in words for its writer."""
    faults = []
    if plot.tellers not in TELLERS or plot.form not in FORMS:
        faults.append(f"Unknown teller or form: {plot.tellers} {plot.form}")
    openings = [p.part == "opening" for p in plot.passages]
    if plot.tellers == "any" and openings != [False]:
        faults.append("A sequel is one passage, and no opening")
    if plot.tellers != "any" and openings != [True] + [False] * (len(openings) - 1):
        faults.append("A plot begins with its one opening")
    for passage in plot.passages:
        if passage.part not in PARTS or passage.tone not in TONES:
            faults.append(f"Unknown part or tone: {passage.part} {passage.tone}")
        if sum(not (line.optional or line.if_known) for line in passage.lines) < 2:
            faults.append(f"Fewer than two fixed lines in [{passage.part}]")
        for line in passage.lines:
            faults += faults_in(line, plot.tellers, plot.form)
    return faults


def faults_in(line: Line, tellers: str, form: str) -> list[str]:
    faults = []
    always_told = line.needs if line.if_known else line.needs & {"life"}
    for told in line.tellings:
        slots = SLOT.findall(told)
        if unknown := set(slots) - ALWAYS - set(FROM_HEADER):
            faults.append(f"Unknown slot {sorted(unknown)} in: {told}")
        if missing := always_told - {FROM_HEADER.get(slot) for slot in slots}:
            faults.append(f"Every telling of this line must have {missing}: {told}")
        if tellers != "two" and {"a", "b"} & set(slots):
            faults.append(f"{{a}} and {{b}} are only for two: {told}")
        said = form != "script" and re.search(r"\([^/)]*\)", told)
        if said or told.count("(") != told.count(")"):
            faults.append(f"Brackets hold words to draw from, (so/thus): {told}")
        if told.count('"') % 2:
            faults.append(f"A speech is left open: {told}")
    if line.if_known and not line.needs:
        faults.append(f"A ? line needs a slot of the header: {line.tellings[0]}")
    return faults


@cache
def read_plots(folder: Path = PLOTS) -> tuple[Plot, ...]:
    """Raises BadPlot, with the file's name."""
    plots: list[Plot] = []
    for path in sorted(folder.glob("*.txt")):
        try:
            plots += plots_in(path.read_text(encoding="utf-8"))
        except BadPlot as fault:
            raise BadPlot(f"{path.name}: {fault}") from None
    return tuple(plots)


@cache
def sequels(part: str) -> tuple[Passage, ...]:
    return tuple(p for plot in read_plots(SEQUELS) for p in plot.of(part))


def plots_in(text: str) -> list[Plot]:
    kept = "\n".join(line for line in text.split("\n") if not line.startswith("#"))
    parts = re.split(r"^(?=@ )", kept, flags=re.MULTILINE)
    return [plot_of(part) for part in parts if part.strip()]
