"""What the model sees, put together from plain values. Pure: no database, no engine.

Chat messages: one system message with the header ("Field: value" lines), then for
every passage of the chosen path an ask by the user and the passage by the assistant,
then the ask for the next passage. When the story ends in half a sentence that a
person typed, that half is a last assistant message, left open for the model.

Cutting, so that the prompt fits a budget of tokens:
1. The header takes at most 35 %. Experiences go first, the least relevant first;
   then names and places, values, the note from its end; what to avoid goes last.
2. The path is cut from its far end, whole passages at a time; the nearest passage is
   shortened from its beginning when it alone is too long.
3. The ask is always there; a direction longer than a quarter of the budget is cut.
Directions of earlier passages are not repeated: they are wishes that were granted.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from training.engine import Engine, Message, Prompt

PREFACE = (
    "You continue a personal story, one passage at a time, in the teller's voice. "
    "Use the details below. Write only the story."
)
HEADER_SHARE = 0.35
MESSAGE_TOKENS = 6  # what a chat template puts around one message, about
EXPERIENCES = 6  # more would drown the story
NAMES = 8
SHORT, MEDIUM = 40, 90  # words

Count = Callable[[str], int]


@dataclass(frozen=True)
class Settings:
    """The story's own settings."""

    title: str = ""
    form: str = "story"
    note: str = ""
    length: str = "medium"


@dataclass(frozen=True)
class About:
    """What the person told of themselves, best first."""

    values: Sequence[str] = ()
    avoid: Sequence[str] = ()


@dataclass(frozen=True)
class Lived:
    """An experience that may be used; the caller leaves out those that may not."""

    id: int | None
    what: str
    when: str = ""
    where: str = ""
    who: str = ""
    felt: str = ""


@dataclass(frozen=True)
class Told:
    """A passage of the path."""

    text: str
    author: str  # "person" or "model"
    tone: str = ""


@dataclass(frozen=True)
class Ask:
    direction: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Assembled:
    prompt: Prompt
    #: [{"part", "text", "tokens", "experience"?}], what `prompt` was made of.
    saw: list[dict] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """One line of the header, and the part of "what the model saw" it belongs to."""

    part: str
    text: str
    keep: int  # the smaller, the sooner it is dropped
    experience: int | None = None


def fit(
    *,
    engine: Engine,
    room: int,
    story: Settings,
    profile: About,
    experiences: Sequence[Lived],
    path: Sequence[Told],
    ask: Ask,
) -> Assembled:
    """Build for an engine, leaving `room` tokens for the passage itself.

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
) -> Assembled:
    """The prompt and what it was made of, within about `budget` tokens."""
    told = [passage for passage in path if passage.text.strip()]
    direction = _first_tokens(one_line(ask.direction), budget // 4, count)
    chosen = relevant(experiences, told, direction)
    lines = _header(story, profile, chosen, told)
    header = _cut_header(lines, int(budget * HEADER_SHARE), count)

    half = _half_sentence(told, story.form) if not direction else ""
    wanted = ask_lines(
        part=part_of(len(told) - bool(half), direction),
        tone=ask.tone,
        length=story.length,
        direction=direction,
    )
    spent = count(PREFACE) + sum(count(line.text) for line in header)
    spent += count(wanted) + 3 * MESSAGE_TOKENS
    turns = _turns(told[:-1] if half else told, story.form)
    if half:
        half = _last_tokens(half, max(8, (budget - spent) // 2), count)
        spent += count(half)
    turns = _cut_turns(turns, budget - spent, count)

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
    return Assembled(Prompt(tuple(messages)), _saw(header, turns, half, wanted, count))


# --- the header -----------------------------------------------------------------


def _header(
    story: Settings, profile: About, experiences: list[Lived], told: list[Told]
) -> list[Line]:
    names = _unique(
        [name for lived in experiences for name in people_in(lived.who)]
        + names_in(" \n".join(passage.text for passage in told))
    )[:NAMES]
    places = _unique([one_line(lived.where) for lived in experiences if lived.where])
    lines = [
        Line("settings", _field("Title", story.title), 8),
        Line("settings", _field("Form", story.form), 9),
        Line("names", _field("Names", *names), 5),
        Line("names", _field("Places", *places[:4]), 4),
        Line("about you", _field("Values", *profile.values), 6),
    ]
    for rank, lived in enumerate(experiences):
        sentence = _field("Experience", experience_sentence(lived))
        lines.append(Line("experience", sentence, -rank, lived.id))
    lines += [
        Line("about you", _field("Avoid", *profile.avoid), 10),
        Line("note", _field("Note", story.note), 7),
    ]
    return [line for line in lines if line.text]


def _field(name: str, *values: str) -> str:
    said = ", ".join(filter(None, (one_line(str(value)) for value in values)))
    return f"{name}: {said}" if said else ""


def _cut_header(lines: list[Line], budget: int, count: Count) -> list[Line]:
    """Drop the least important lines until the rest fits; shorten the last one."""
    tokens = {line: count(line.text) for line in lines}
    kept = sorted(lines, key=lambda line: line.keep)
    while len(kept) > 1 and sum(tokens[line] for line in kept) > budget:
        kept.pop(0)
    if kept and tokens[kept[0]] > budget and len(kept) == 1:
        only = kept[0]
        text = _first_tokens(only.text, budget, count)
        return [Line(only.part, text, only.keep, only.experience)] if text else []
    return [line for line in lines if line in kept]


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


# --- the path --------------------------------------------------------------------


@dataclass
class Turn:
    """An ask and its answer: one passage, or half a sentence with what followed."""

    ask: str
    text: str


def _turns(told: list[Told], form: str) -> list[Turn]:
    turns: list[Turn] = []
    open_end = False
    for number, passage in enumerate(told):
        if open_end:  # this passage went on in the middle of a sentence
            turns[-1].text = join(turns[-1].text, passage)
        else:
            wanted = ask_lines(
                part=part_of(number, ""),
                tone=passage.tone,
                length=length_of(passage.text),
            )
            turns.append(Turn(wanted, passage.text.strip()))
        open_end = is_half(passage, form)
    return turns


def _cut_turns(turns: list[Turn], budget: int, count: Count) -> list[Turn]:
    kept: list[Turn] = []
    for turn in reversed(turns):
        cost = count(turn.ask) + count(turn.text) + 2 * MESSAGE_TOKENS
        if cost > budget:
            room = budget - count(turn.ask) - 2 * MESSAGE_TOKENS
            if not kept and room > 0:
                text = _last_tokens(turn.text, room, count)
                kept = [Turn(turn.ask, text)] if text else []
            break
        kept.append(turn)
        budget -= cost
    return kept[::-1]


def ask_lines(*, part: str, tone: str, length: str, direction: str = "") -> str:
    lines = [
        part and f"Part: {part}",
        tone and f"Tone: {tone}",
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
    if passage.author == "model" or before[-1:].isspace():
        return before + passage.text.rstrip()
    return before + " " + passage.text.strip()


def _half_sentence(told: list[Told], form: str) -> str:
    """The open end of the story: what the model must go on with, if anything."""
    if not told or not is_half(told[-1], form):
        return ""
    return told[-1].text.strip()


# --- words -----------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = frozenset(
    "about after again all also and any are because been before being but came can "
    "could did does down each even every feeling felt first for from get got had has "
    "have her here hers him his how into its just like made many more most much must "
    "near never not now off one only other our out over own said saw see she should "
    "some still such than that the their them then there these they this those time "
    "too two under until very was way went were what when where which while who why "
    "will with would you your".split()
)


def words_of(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.lower()) if word not in _COMMON}


#: Capitalised words that follow another word, not the beginning of a sentence.
_NAME = re.compile(
    r"(?<=[^\W\d_])[,;]? "
    r"([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+(?:[ -][A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)*)"
)
_NOT_NAMES = frozenset(
    "I Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February "
    "March April May June July August September October November December "
    "Christmas Easter God Mr Mrs Ms Dr English French German Chinese Spanish".split()
)


def names_in(text: str) -> list[str]:
    """Capitalised words inside sentences, those met most often first."""
    seen: dict[str, int] = {}
    for name in _NAME.findall(text):
        if name not in _NOT_NAMES:
            seen[name] = seen.get(name, 0) + 1
    return sorted(seen, key=lambda name: -seen[name])


def people_in(who: str) -> list[str]:
    """Names in an answer to "who was there": "my aunt Rosa and Tobi" gives two."""
    names = re.findall(
        r"[A-ZÀ-ÖØ-Þ][\w'’-]+(?:[ -][A-ZÀ-ÖØ-Þ][\w'’-]+)*|[\u4e00-\u9fff]{2,4}", who
    )
    return [name for name in names if name not in _NOT_NAMES and name != "My"]


def one_line(text: str) -> str:
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0] + "…"


def _unique(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, words)))


def _first_tokens(text: str, budget: int, count: Count) -> str:
    return _within(text, budget, count, lambda length: text[:length])


def _last_tokens(text: str, budget: int, count: Count) -> str:
    """The end of a text, beginning with a whole word."""
    return _within(text, budget, count, lambda length: text[len(text) - length :])


def _within(text: str, budget: int, count: Count, cut: Callable[[int], str]) -> str:
    """The longest cut that fits, found by halving; cut between words if it can be."""
    if count(text) <= budget:
        return text
    low, high = 0, len(text)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if count(cut(middle)) <= budget else (low, middle)
    fitting = cut(low)
    if text.startswith(fitting):
        return fitting.rsplit(" ", 1)[0] if " " in fitting else fitting
    return fitting.split(" ", 1)[1] if " " in fitting else fitting


# --- what the model saw ------------------------------------------------------------


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
