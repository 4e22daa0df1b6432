"""Everything put together within a budget of tokens."""

from collections.abc import Sequence

from stories.prompts.header import (
    Line,
    cut_header,
    header_lines,
    names_of,
    places_of,
    relevant,
)
from stories.prompts.path import (
    MESSAGE_TOKENS,
    Turn,
    ask_lines,
    cut_turns,
    is_half,
    part_of,
    turns_of,
)
from stories.prompts.phrasing import PLAIN, phrasing_for
from stories.prompts.values import About, Ask, Assembled, Lived, Settings, Told
from stories.prompts.words import Count, first_tokens, last_tokens, one_line
from training.engine import Engine, Message, Prompt
from training.engine.words import told_words, words_of

PREFACE = (
    "You continue a personal story, one passage at a time, in the teller's voice. "
    "Use the details below. Write only the story."
)
HEADER_SHARE = 0.35
WANTED, UNMET = 6, 2  # words and names; more would crowd the passage


def fit(
    *,
    engine: Engine,
    room: int,
    story: Settings,
    profile: About,
    experiences: Sequence[Lived],
    path: Sequence[Told],
    ask: Ask,
    phrasing: str = "",
) -> Assembled:
    """Build for an engine, leaving `room` tokens for the passage itself.

    `phrasing`: how it is told a tone, if not by the words kept for it.

    A template may add more than we guess, so the budget shrinks until it fits.
    """
    budget = most = max(1, engine.context - room)
    for _attempt in range(4):
        assembled = build(
            story=story,
            profile=profile,
            experiences=experiences,
            path=path,
            ask=ask,
            budget=budget,
            count=engine.count,
            phrasing=phrasing or phrasing_for(engine.name),
        )
        over = engine.length(assembled.prompt) - most
        if over <= 0:
            break
        budget = max(1, budget - over - MESSAGE_TOKENS)
    return assembled


def build(
    *,
    story: Settings,
    profile: About,
    experiences: Sequence[Lived],
    path: Sequence[Told],
    ask: Ask,
    budget: int,
    count: Count,
    phrasing: str = PLAIN,
) -> Assembled:
    """The prompt and what it was made of, within about `budget` tokens."""
    told = [passage for passage in path if passage.text.strip()]
    direction = first_tokens(one_line(ask.direction), budget // 4, count)
    chosen = relevant(experiences, told, direction)
    names = names_of(chosen, told, direction)
    lines = header_lines(story, profile, chosen, names)
    header = cut_header(lines, int(budget * HEADER_SHARE), count)

    turns = turns_of(told, story.form, phrasing)
    half = ""
    if told and is_half(told[-1], story.form) and not direction:
        half = turns.pop().text
    wanted = ask_lines(
        part=part_of(len(turns), direction),
        tone=ask.tone,
        length=story.length,
        direction=direction,
        feeling=one_line(ask.feeling),
        phrasing=phrasing,
    )
    spent = count(PREFACE) + sum(count(line.text) for line in header)
    spent += count(wanted) + 3 * MESSAGE_TOKENS
    if half:
        half = last_tokens(half, max(8, (budget - spent) // 2), count)
        spent += count(half)
    turns = cut_turns(turns, budget - spent, count)

    system = PREFACE
    if header:
        system += "\n\n" + "\n".join(line.text for line in header)
    messages: list[Message] = [{"role": "system", "content": system}]
    for turn in turns:
        messages.append({"role": "user", "content": turn.ask})
        messages.append({"role": "assistant", "content": turn.text})
    messages.append({"role": "user", "content": wanted})
    if half:
        messages.append({"role": "assistant", "content": half})
    prompt = Prompt(
        tuple(messages),
        tuple(names),
        wanted_of(names, header, chosen, told, direction),
        tuple(places_of(chosen)),
    )
    return Assembled(prompt, _saw(header, turns, half, wanted, count))


def wanted_of(
    names: Sequence[str],
    header: list[Line],
    experiences: Sequence[Lived],
    told: Sequence[Told],
    direction: str,
) -> tuple[str, ...]:
    """Who was not met yet, and the wish, or else what is untold of an experience."""
    story = " ".join(passage.text for passage in told)
    unmet = [name for name in names if name not in story][:UNMET]
    if direction:
        return (*unmet, *told_words(direction)[:WANTED])
    shown = {line.experience for line in header if line.part == "experience"}
    lived = [one.what for one in experiences if one.id in shown]
    untold = told_words(lived[0])[:WANTED] if lived else []
    before = words_of(story)
    return (*unmet, *(word for word in untold if word not in before))


def _saw(
    header: list[Line], turns: list[Turn], half: str, wanted: str, count: Count
) -> list[dict]:
    saw = [_part("preface", PREFACE, count)]
    for name in ("settings", "about you", "experience", "names", "note"):
        lines = [line for line in header if line.part == name]
        if name == "experience":
            for line in lines:
                saw.append(_part(name, line.text, count, line.experience))
        elif lines:
            text = "\n".join(line.text for line in lines)
            saw.append(_part(name, text, count))
    story = "\n\n".join([turn.text for turn in turns] + ([half] if half else []))
    if story:
        saw.append(_part("story so far", story, count))
    saw.append(_part("ask", wanted, count))
    return saw


def _part(name: str, text: str, count: Count, experience: int | None = None) -> dict:
    part = {"part": name, "text": text, "tokens": count(text)}
    return part if experience is None else part | {"experience": experience}
