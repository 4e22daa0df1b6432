"""The chosen path as asks and answers."""

import re
from dataclasses import dataclass

from stories.prompts.phrasing import PLAIN, tone_line
from stories.prompts.values import Told
from stories.prompts.words import Count, last_tokens

MESSAGE_TOKENS = 6  # what a chat template puts around one message, about
SHORT, MEDIUM = 40, 90  # words


@dataclass
class Turn:
    """An ask and its answer: one passage, or half a sentence with what followed."""

    ask: str
    text: str


def turns_of(told: list[Told], form: str, phrasing: str = PLAIN) -> list[Turn]:
    """Passages with what was asked for; half a sentence and its rest are one."""
    turns: list[Turn] = []
    open_end = False
    for number, passage in enumerate(told):
        if open_end:
            turns[-1].text = join(turns[-1].text, passage)
        else:
            wanted = ask_lines(
                part=part_of(number, ""),
                tone=passage.tone,
                length=length_of(passage.text),
                phrasing=phrasing,
            )
            turns.append(Turn(wanted, passage.text.lstrip()))
        open_end = is_half(passage, form)
        if not open_end:
            turns[-1].text = turns[-1].text.rstrip()
    return turns


def cut_turns(turns: list[Turn], budget: int, count: Count) -> list[Turn]:
    kept: list[Turn] = []
    for turn in reversed(turns):
        cost = count(turn.ask) + count(turn.text) + 2 * MESSAGE_TOKENS
        if cost > budget:
            room = budget - count(turn.ask) - 2 * MESSAGE_TOKENS
            if not kept and room > 0:
                text = last_tokens(turn.text, room, count)
                kept = [Turn(turn.ask, text)] if text else []
            break
        kept.append(turn)
        budget -= cost
    return kept[::-1]


def ask_lines(
    *,
    part: str,
    tone: str,
    length: str,
    direction: str = "",
    feeling: str = "",
    phrasing: str = PLAIN,
) -> str:
    lines = [
        part and f"Part: {part}",
        tone and tone_line(phrasing, tone),
        feeling and f"Feeling: {feeling}",
        length and f"Length: {length}",
        direction and f"Direction: {direction}",
    ]
    return "\n".join(filter(None, lines)) or "Continue."


_ENDING = re.compile(
    r"\b(end (it|this|the (story|tale|letter|diary|poem|script))|the end|"
    r"(an? |the )?(\w+ )?ending|conclude|wrap (it |this )?up)\b",
    re.IGNORECASE,
)


def part_of(number: int, direction: str) -> str:
    if _ENDING.search(direction):
        return "ending"
    return "opening" if number == 0 else "middle"


def length_of(text: str) -> str:
    words = len(text.split())
    return "short" if words <= SHORT else "medium" if words <= MEDIUM else "long"


def is_half(passage: Told, form: str) -> bool:
    """Did a person stop in the middle of a sentence? Lines of a poem are whole."""
    text = passage.text.strip()
    if not text or passage.author != "person" or form == "poem":
        return False
    return text[-1].isalnum() or text[-1] in ",;:-–—(“‘«、，；："


def join(before: str, passage: Told) -> str:
    """Half a sentence and what came next, as one text.

    A model went on right where the person stopped, maybe within a word.
    """
    if before[-1:].isspace():
        return before + passage.text.lstrip()
    if passage.author == "model":
        return before + passage.text
    return f"{before} {passage.text.lstrip()}"
