"""Whether a passage follows a plot line by line, and where it leaves it.

A line can be told in only so many ways once it is known who tells it and what fills its
slots. So where a model tells a plot by itself, whatever is none of the lines that may
come next is wrong: somebody says what the other one says, a line of another plot
follows, an experience breaks off, the end comes too soon.
"""

import copy
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from training.seedling.plots import SLOT, Line, Passage, Plot, read_plots, sequels
from training.seedling.scenes import Scene
from training.seedling.telling import CHOICE, Telling, voiced

WORDS = r"[\w'-]+(?: [\w'-]+){0,3}"
#: What no header says may be told in any words.
FREE = {
    "n_s": "he|she",
    "n_o": "him|her",
    "n_p": "his|her",
    **dict.fromkeys(("food", "a_food", "animal", "an_animal", "colour", "kin"), WORDS),
    "day": WORDS,
}


@dataclass(frozen=True)
class Left:
    """Where a passage leaves its plot."""

    right: str  # the passage up to there; its lines are whole
    wrong: str  # all that comes then; "": the passage ends too soon
    due: str  # a line that should; "": the end


@dataclass
class State:
    """Somewhere in a passage: the lines before `at` have been told or left out."""

    passage: Passage
    telling: Telling
    at: int = 0

    def may_come(self) -> list[tuple[int, Line]]:
        """What may come next: lines up to the first that has to be told."""
        known, found = self.telling.known_in(self.passage), []
        for number, line in enumerate(self.passage.lines[self.at :], self.at):
            if not line.if_known or line.needs <= known:
                found.append((number, line))
                if not (line.optional or line.if_known):
                    break
        return found

    def due(self) -> Line | None:
        """The line that should come: of those that may, the first that the header
        or the plot asks for."""
        lines = [line for _, line in self.may_come() if not line.optional]
        return lines[0] if lines else None

    def over(self) -> bool:
        """Whether the passage may end here."""
        return all(line.optional or line.if_known for _, line in self.may_come())

    def after(self, text: str) -> "tuple[int, State] | None":
        """How many characters of `text` tell a line that may come, and what then."""
        for number, line in self.may_come():
            if size := length_told(line, self.telling, text):
                return size, State(self.passage, self.telling, number + 1)
        return None


def left(scene: Scene, at: int, text: str) -> Left | None:
    """None where `text` is passage `at` of the scene, or might have been."""
    before = "\n".join([*scene.texts[:at], ""])
    states = beginnings(scene, at)
    right = scene.greeting if at == 0 else ""
    while True:
        rest = text[len(right) :]
        told = rest.lstrip()
        for state in states:
            state.telling.told = before + right
        steps = [step for state in states if told and (step := state.after(told))]
        if not steps:
            return leaving(right, told, states[0])
        size = max(size for size, _ in steps)
        states = [state for chars, state in steps if chars == size]
        right = text[: len(right) + len(rest) - len(told) + size]


def leaving(right: str, told: str, state: State) -> Left | None:
    if not told and state.over():
        return None
    line = state.due()
    return Left(right, told, state.telling.line(line) if line else "")


def beginnings(scene: Scene, at: int) -> list[State]:
    """The passage itself, and any other of its kind that the header can fill. Of two
    people either may be the first."""
    asked, telling = scene.passages[at], scene.telling
    plot = telling.plot
    if asked.part == "opening":
        others = [
            (other.of("opening")[0], other)
            for other in read_plots()
            if (other.tellers, other.form) == (plot.tellers, plot.form)
        ]
    else:
        later = [*plot.of(asked.part), *sequels(asked.part)]
        others = [(passage, plot) for passage in later]
    known = telling.cast.known
    alike = [
        (passage, other)
        for passage, other in others
        if passage.tone == asked.tone and passage is not asked and passage.must <= known
    ]
    return [
        State(passage, of_plot(teller, other))
        for passage, other in [(asked, plot), *alike]
        for teller in (telling, *turned(telling))
    ]


def turned(telling: Telling) -> list[Telling]:
    """Two people the other way round."""
    first, and_, second = telling.cast.hero.partition(" and ")
    if not and_:
        return []
    other = copy.copy(telling)
    other.cast = replace(telling.cast, hero=f"{second} and {first}")
    other.slots = {**telling.slots, "h": other.cast.hero, "a": second, "b": first}
    return [other]


def of_plot(telling: Telling, plot: Plot) -> Telling:
    """The same people and things in another plot."""
    other = copy.copy(telling)
    other.plot = plot
    other.slots = {**telling.slots, "it": plot.about or telling.slots["it"]}
    return other


def length_told(line: Line, telling: Telling, text: str) -> int:
    """How many characters at the beginning of `text` tell this line."""
    found = (
        re.match(f"(?:{way})(?=\\s|$)", text, re.IGNORECASE)
        for way in ways(line, telling)
    )
    return max((len(m[0]) for m in found if m), default=0)


def ways(line: Line, telling: Telling) -> Iterator[str]:
    """Patterns of all that the line may read like."""
    for told in line.tellings:
        parts = [
            part.split("/") if at % 2 else [part]
            for at, part in enumerate(CHOICE.split(told))
        ]
        for words in itertools.product(*parts):
            text = "".join(words).replace(" // ", "\n")
            for pronoun in telling.may_be_pronoun() if "{h}" in text else (False,):
                yield way(voiced(text) if pronoun else text, telling)


def way(text: str, telling: Telling) -> str:
    return "".join(
        may_stand(part, telling) if at % 2 else re.escape(part)
        for at, part in enumerate(SLOT.split(text))
    )


def may_stand(slot: str, telling: Telling) -> str:
    """A pattern of what may fill it."""
    if slot == "k":
        return f"(?:{'|'.join(map(re.escape, telling.cast.keys))})"
    if slot in FREE:
        return f"(?:{FREE[slot]})"
    return re.escape(telling.value(slot))
