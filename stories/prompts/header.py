"""The header: who tells the story, from which life, and how it should be."""

from collections.abc import Sequence
from dataclasses import dataclass

from stories.prompts.values import About, Lived, Settings, Told
from stories.prompts.words import (
    Count,
    first_tokens,
    names_in,
    one_line,
    people_in,
    shorten,
    unique,
)
from training.engine.teller import told_of
from training.engine.words import words_of

EXPERIENCES = 6  # more would drown the story
NAMES = 8
PLACES = 4


@dataclass(frozen=True)
class Line:
    """One line of the header, and the part of "what the model saw" it belongs to."""

    part: str
    text: str
    keep: int  # the smaller, the sooner it is dropped
    experience: int | None = None


def names_of(experiences: list[Lived], told: list[Told], direction: str) -> list[str]:
    """Who may appear: asked for, in the story, or part of an experience."""
    return unique(
        names_in(direction)
        + [name for lived in experiences for name in people_in(lived.who)]
        + names_in(" \n".join(passage.text for passage in told))
    )[:NAMES]


def places_of(experiences: list[Lived]) -> list[str]:
    places = [one_line(lived.where) for lived in experiences if lived.where]
    return unique(places)[:PLACES]


def header_lines(
    story: Settings, profile: About, experiences: list[Lived], names: list[str]
) -> list[Line]:
    lines = [
        Line("settings", _field("Title", story.title), 8),
        Line("settings", _field("Form", story.form), 9),
        Line("settings", _field("Level", story.level), 9),
        Line("settings", _field("Teller", story.teller), 9),
        Line("names", _field("Names", *names), 5),
        Line("names", _field("Places", *places_of(experiences)), 4),
        Line("about you", _field("Values", *profile.values), 6),
    ]
    for rank, lived in enumerate(experiences):
        sentence = _field("Experience", experience_of(lived, story.teller))
        lines.append(Line("experience", sentence, -rank, lived.id))
    lines += [
        Line("about you", _field("Avoid", *profile.avoid), 10),
        Line("note", _field("Note", story.note), 7),
    ]
    return [line for line in lines if line.text]


def _field(name: str, *values: str) -> str:
    said = ", ".join(filter(None, (one_line(str(value)) for value in values)))
    return f"{name}: {said}" if said else ""


def cut_header(lines: list[Line], budget: int, count: Count) -> list[Line]:
    """Drop the least important lines until the rest fits; shorten the last one."""
    tokens = {line: count(line.text) for line in lines}
    kept = sorted(lines, key=lambda line: line.keep)
    while len(kept) > 1 and sum(tokens[line] for line in kept) > budget:
        kept.pop(0)
    if kept and tokens[kept[0]] > budget and len(kept) == 1:
        only = kept[0]
        text = first_tokens(only.text, budget, count)
        return [Line(only.part, text, only.keep, only.experience)] if text else []
    return [line for line in lines if line in kept]


def experience_of(lived: Lived, teller: str) -> str:
    """As noted, or told of the story's "she", "he" or "they" where grammar is sure."""
    sentence = experience_sentence(lived)
    return told_of(sentence, teller) or sentence


def experience_sentence(lived: Lived) -> str:
    """One sentence of what happened, when, where, with whom and how it felt."""
    who = one_line(lived.who)
    felt = one_line(lived.felt)
    parts = [
        shorten(one_line(lived.what), 400).rstrip(" ."),
        one_line(lived.when),
        one_line(lived.where),
        who if not who or who.lower().startswith("with ") else f"with {who}",
        felt and f"feeling {felt}",
    ]
    sentence = ", ".join(filter(None, parts))
    return sentence if sentence.endswith(("!", "?", "。")) else f"{sentence}."


def relevant(
    experiences: Sequence[Lived], told: Sequence[Told], direction: str
) -> list[Lived]:
    """Those that share most words with the story's end and the wish, then newest.

    `experiences` come newest first, and the sort keeps that order among equals.
    """
    near = words_of(" ".join(passage.text for passage in told[-4:]) + " " + direction)

    def shared(lived: Lived) -> int:
        mine = " ".join((lived.what, lived.when, lived.where, lived.who, lived.felt))
        return len(words_of(mine) & near)

    return sorted(experiences, key=shared, reverse=True)[:EXPERIENCES]
