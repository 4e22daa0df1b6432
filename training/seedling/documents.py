"""Stories as the chat the editor holds: header, asks, passages.

Which part of a story is read, which fields are shown, where passages are cut, which
names and things stand in for the old ones and who tells it are drawn anew for each
reading, from a seed, so that an epoch is the same whenever it is built again.

A header promises only what the passages under it keep: a name that comes later in
the story would teach the model that headers need not be obeyed.
"""

import random
import re
from dataclasses import dataclass

from training.engine.teller import told_of
from training.seedling.labels import length_of, teller_of
from training.seedling.lives import noted_as_i
from training.seedling.names import a_place, new_names
from training.seedling.prepare import Piece, Prepared, tone_of
from training.seedling.things import exchanged, new_things

PREFACE = (
    "You continue a personal story, one passage at a time, in the teller's voice. "
    "Use the details below. Write only the story."
)
BARE = "Continue."
#: The form of what books tell, always said. No person asks for it, so a header of
#: theirs is not answered in the tangle that such a small model makes of books.
TALE = "tale"
HEADER_KEPT = {  # how often a field that is known is shown
    "Title": 0.7,
    "Form": 0.5,
    "Level": 0.6,
    "Teller": 1.0,  # drawn before, with TELLER_KEPT
    "Names": 0.92,
    "Places": 0.7,
    "Things": 0.8,
    "Values": 0.5,
    "Experience": 1.0,
    "Avoid": 1.0,
}
TELLER_KEPT = 0.85
PASSAGE_WORDS = (25, 40, 60, 60, 75, 90, 110, 150)
PASSAGES = (1, 2, 2, 2, 2, 3, 3, 4, 8)  # read at once
EXCHANGED = 0.4  # of the usual things of a story
#: How often only things that come at once are named. A header whose things may come
#: later teaches that they may wait, and an opening leaves every fourth one out.
AT_ONCE = 0.85
Message = dict[str, str]


@dataclass
class Passage:
    text: str
    tones: list[list[float]]  # of its pieces


def passages_of(pieces: list[Piece], as_i: bool, rng: random.Random) -> list[Passage]:
    passages: list[Passage] = []
    wanted = 0
    for piece in pieces:
        text = piece.as_i if as_i else piece.text
        if passages and len(passages[-1].text.split()) < 0.6 * wanted:
            passages[-1].text += "\n\n" + text
            passages[-1].tones = [*passages[-1].tones, piece.tones]
        else:
            wanted = rng.choice(PASSAGE_WORDS)
            passages.append(Passage(text, [piece.tones]))
    return passages


def with_written_opening(passages: list[Passage]) -> list[Passage]:
    """Part off the first sentence or two, as a person who begins a story would."""
    first = passages[0]
    opening = re.match(r"(?:[^.!?\"]+[.!?] ){1,2}", first.text)
    if not opening or len(first.text) < len(opening.group(0)) + 40:
        return passages
    rest = first.text[opening.end() :]
    start = Passage(opening.group(0).strip(), first.tones)
    return [start, Passage(rest, first.tones), *passages[1:]]


def part_of_story(
    passages: list[Passage], rng: random.Random
) -> tuple[int, list[Passage]]:
    """Mostly the beginning; now and then from the middle, as a long story is cut."""
    count = rng.choice(PASSAGES)
    most = max(0, len(passages) - count)
    start = rng.randint(0, most) if rng.random() < 0.25 else 0
    return start, passages[start : start + count]


def renamed(text: str, names: dict[str, str]) -> str:
    if not names:
        return text
    pattern = r"\b(?:" + "|".join(map(re.escape, names)) + r")\b"
    return re.sub(pattern, lambda m: names[m.group(0)], text)


def experiences_of(
    text: str, people: list[str], teller: str | None, rng: random.Random
) -> list[str]:
    """Sentences of the story as its teller would note them down."""
    told = [s for s in re.split(r"(?<=[.!]) ", text) if "My name" not in s]
    rng.shuffle(told)
    found = (noted_as_i(sentence, people, teller) for sentence in told)
    return [line for line in found if line][: rng.choice((1, 1, 1, 2))]


def header_of(
    prepared: Prepared,
    passages: list[Passage],
    names: dict[str, str],
    things: dict[str, str],
    written: bool,
    rng: random.Random,
) -> str:
    """`written`: a person began it, so it may be anybody's story and no tale."""
    labels = prepared.labels
    text = "\n\n".join(p.text for p in passages)
    lower = text.lower()
    soon = passages[1 if written and len(passages) > 1 else 0].text
    people = [n for o, n in names.items() if n in text and o in labels.people]
    places = [names.get(p, p) for p in labels.places]
    kept_things = [things.get(t, t) for t in labels.things]
    kept_things = named_soon(kept_things, soon, lower, rng)
    teller = teller_of(text)
    shown = teller if teller and rng.random() < TELLER_KEPT else ""
    rng.shuffle(people)
    rng.shuffle(kept_things)
    known = {
        "Title": exchanged(renamed(prepared.title, names), things),
        "Form": TALE if labels.form == "story" and not written else labels.form,
        "Level": labels.level,
        "Teller": shown,
        "Names": ", ".join(people[:4]),
        "Places": ", ".join([p for p in places if p in text][: rng.choice((1, 1, 2))]),
        "Things": ", ".join(kept_things[: rng.choice((1, 2, 2, 3))]),
        "Values": ", ".join(labels.values),
    }
    if rng.random() < 0.55:
        flat = text.replace("\n\n", " ")
        noted = experiences_of(flat, people, teller, rng)
        lines = [told_of(line, shown) or line for line in noted]
        known["Experience"] = "\nExperience: ".join(lines)
    if rng.random() < 0.05:
        absent = [w for w in ("spider", "storm", "monster", "snow") if w not in lower]
        known["Avoid"] = rng.choice(absent or [""])
    return "\n".join(
        f"{field}: {value}"
        for field, value in known.items()
        if value == TALE or (value and rng.random() < HEADER_KEPT[field])
    )


def named_soon(
    things: list[str], soon: str, whole: str, rng: random.Random
) -> list[str]:
    """Those of the text, mostly those of its next passage."""
    where = soon.lower() if rng.random() < AT_ONCE else whole
    return [t for t in things if re.search(rf"\b{re.escape(t)}", where)]


def direction_of(passage: Passage, rng: random.Random) -> str:
    sentences = re.split(r"(?<=[.!?]) ", passage.text.replace("\n\n", " "))
    short = [s for s in sentences if 4 <= len(s.split()) <= 12 and '"' not in s]
    return rng.choice(short).rstrip(".!?") if short else ""


def ask_of(passage: Passage, part: str, rng: random.Random) -> str:
    if rng.random() < 0.12:
        return BARE
    lines = []
    if part and rng.random() < 0.75:
        lines.append(f"Part: {part}")
    if rng.random() < 0.85:
        lines.append(f"Tone: {tone_of(passage.tones)}")
    if rng.random() < 0.8:
        lines.append(f"Length: {length_of(passage.text)}")
    if rng.random() < 0.15 and (direction := direction_of(passage, rng)):
        lines.append(f"Direction: {direction}")
    return "\n".join(lines) or BARE


def stand_ins(
    prepared: Prepared, rng: random.Random, keep_names: float
) -> tuple[dict[str, str], dict[str, str]]:
    """Other names, places and things for one reading."""
    labels = prepared.labels
    names = new_names(rng, labels.people, keep=keep_names)
    for place in labels.places:
        if place[:1].isupper() and rng.random() > max(0.2, keep_names):
            names[place] = a_place(rng)
    share = 0.0 if keep_names == 1.0 else EXCHANGED
    return names, new_things(rng, labels.things, share)


def messages_of(
    prepared: Prepared, rng: random.Random, keep_names: float = 0.08
) -> list[Message]:
    """One reading of the story as the editor's messages (the fixed format)."""
    as_i = prepared.told_as_i and rng.random() < 0.8
    names, things = stand_ins(prepared, rng, keep_names)
    passages = passages_of(prepared.pieces, as_i, rng)
    written = rng.random() < 0.2
    if written:
        passages = with_written_opening(passages)
    last = len(passages) - 1
    start, passages = part_of_story(passages, rng)
    for passage in passages:
        passage.text = exchanged(renamed(passage.text, names), things)
    header = ""
    if rng.random() > (0.5 if written else 0.08):
        header = header_of(prepared, passages, names, things, written, rng)
    # passages of books are no whole stories: their last one is no ending
    whole = prepared.source not in ("first_person", "classic_children")
    bare = rng.random() < (0.5 if written else 0.08)
    messages = [{"role": "system", "content": f"{PREFACE}\n\n{header}"}]
    for at, passage in enumerate(passages, start):
        part = "opening" if at == 0 else "ending" if at == last else "middle"
        ask = BARE if bare else ask_of(passage, part if whole else "", rng)
        messages.append({"role": "user", "content": ask})
        messages.append({"role": "assistant", "content": passage.text})
    if written and start == 0 and len(passages) > 1:
        messages[2]["given"] = "by a person"
    return messages
