"""Stories as the chat the editor holds: header, asks, passages.

Which fields are shown, where passages are cut, which names stand in for the old
ones and who tells it are drawn anew for each reading, from a seed, so that an
epoch is the same whenever it is built again.
"""

import random
import re
from dataclasses import dataclass

from training.seedling.corpus import Story
from training.seedling.labels import (
    Labels,
    length_of,
    teller_of,
    tone_of,
)
from training.seedling.names import PLACES, new_names
from training.seedling.person import first_person, narration_as_i

PREFACE = (
    "You continue a personal story, one passage at a time, in the teller's voice. "
    "Use the details below. Write only the story."
)
BARE = "Continue."
HEADER_KEPT = {  # how often a field that is known is shown
    "Title": 0.7,
    "Form": 0.5,
    "Level": 0.6,
    "Teller": 0.8,
    "Names": 0.9,
    "Places": 0.7,
    "Things": 0.75,
    "Values": 0.6,
    "Experience": 1.0,
    "Avoid": 1.0,
}
PASSAGE_WORDS = (25, 40, 60, 60, 90, 90, 130, 180)
Message = dict[str, str]


@dataclass
class Passage:
    text: str
    feelings: list[float]


@dataclass
class Prepared:
    """A story and what was found out about it, once and for all readings."""

    story: Story
    labels: Labels
    as_i: list[str] | None  # its paragraphs in the first person, where sure


def prepare(story: Story, labels: Labels) -> Prepared:
    as_i = None
    if len(labels.people) == 1 and story.source != "first_person":
        paragraphs = [" ".join(p) for p in story.paragraphs]
        as_i = first_person(paragraphs, labels.people[0])
    return Prepared(story, labels, as_i)


def pieces_of(prepared: Prepared, told_as_i: bool) -> list[tuple[str, list[float]]]:
    """Paragraphs, the long ones cut between sentences, with their feelings."""
    story = prepared.story
    pieces: list[tuple[str, list[float]]] = []
    for at, (sentences, feelings) in enumerate(
        zip(story.paragraphs, story.feelings, strict=True)
    ):
        if told_as_i and prepared.as_i:
            pieces.append((prepared.as_i[at], feelings))
            continue
        text = " ".join(sentences)
        if len(text.split()) <= 110 or text.count('"') % 2:
            pieces.append((text, feelings))
            continue
        half = len(sentences) // 2 or 1
        for part in (slice(None, half), slice(half, None)):
            if sentences[part]:
                pieces.append((" ".join(sentences[part]), feelings[part]))
    return pieces


def passages_of(
    pieces: list[tuple[str, list[float]]], rng: random.Random
) -> list[Passage]:
    passages: list[Passage] = []
    wanted = 0
    for text, feelings in pieces:
        if passages and len(passages[-1].text.split()) < 0.75 * wanted:
            passages[-1].text += "\n\n" + text
            passages[-1].feelings = passages[-1].feelings + feelings
        else:
            wanted = rng.choice(PASSAGE_WORDS)
            passages.append(Passage(text, feelings))
    return passages


def with_written_opening(passages: list[Passage], story: Story) -> list[Passage]:
    """Part off the first sentence or two, as a person who begins a story would."""
    opening = " ".join(story.paragraphs[0][:2])
    first = passages[0]
    if first.text.startswith(opening) and len(first.text) > len(opening) + 20:
        rest = first.text[len(opening) :].strip()
        return [
            Passage(opening, first.feelings[:2]),
            Passage(rest, first.feelings[2:]),
            *passages[1:],
        ]
    return passages


def renamed(text: str, names: dict[str, str]) -> str:
    if not names:
        return text
    pattern = r"\b(?:" + "|".join(map(re.escape, names)) + r")\b"
    return re.sub(pattern, lambda m: names[m.group(0)], text)


def as_experience(sentence: str, people: list[str], teller: str | None) -> str | None:
    """One of the story's own sentences as its teller would note it down."""
    words = len(sentence.split())
    if not 6 <= words <= 20 or '"' in sentence or "?" in sentence:
        return None
    if teller == "I":
        return sentence if re.match(r"(?:I|My|We)\b", sentence) else None
    subject = re.match(r"([^\W\d_]+) ", sentence)
    hero = people[0] if people else "She"
    if teller in ("he", "she") and subject and subject[1] in (hero, "He", "She"):
        told = narration_as_i(sentence, hero, teller)
        if told and re.match(r"I [a-z]", told):
            return told
    return None


def experiences_of(
    passages: list[Passage], people: list[str], teller: str | None, rng: random.Random
) -> list[str]:
    text = " ".join(p.text for p in passages).replace("\n\n", " ")
    told = [s for s in re.split(r"(?<=[.!]) ", text) if "My name" not in s]
    rng.shuffle(told)
    found = (as_experience(sentence, people, teller) for sentence in told)
    return [line for line in found if line][: rng.choice((1, 1, 2))]


def header_of(
    prepared: Prepared,
    passages: list[Passage],
    names: dict[str, str],
    rng: random.Random,
) -> str:
    if rng.random() < 0.10:
        return ""
    labels, story = prepared.labels, prepared.story
    text = "\n\n".join(p.text for p in passages)
    people = [n for n in names.values() if n in text and n not in PLACES]
    places = [names.get(p, p) for p in labels.places]
    teller = teller_of(text)
    rng.shuffle(people)
    known = {
        "Title": renamed(story.title, names),
        "Form": labels.form,
        "Level": labels.level,
        "Teller": teller or "",
        "Names": ", ".join(people[:4]),
        "Places": ", ".join(places[: rng.choice((1, 2, 3))]),
        "Things": ", ".join(labels.things[: rng.choice((1, 2, 2, 3, 4))]),
        "Values": ", ".join(labels.values),
    }
    if rng.random() < 0.4:
        lines = experiences_of(passages, people, teller, rng)
        known["Experience"] = "\nExperience: ".join(lines)
    if rng.random() < 0.05:
        absent = [w for w in ("spider", "storm", "monster", "snow") if w not in text]
        known["Avoid"] = rng.choice(absent or [""])
    return "\n".join(
        f"{field}: {value}"
        for field, value in known.items()
        if value and rng.random() < HEADER_KEPT[field]
    )


def direction_of(passage: Passage, rng: random.Random) -> str:
    sentences = re.split(r"(?<=[.!?]) ", passage.text.replace("\n\n", " "))
    short = [s for s in sentences if 4 <= len(s.split()) <= 12 and '"' not in s]
    return rng.choice(short).rstrip(".!?") if short else ""


def ask_of(
    passage: Passage, at: int, count: int, whole: bool, rng: random.Random
) -> str:
    """`whole`: the source holds whole stories, so its last passage is an ending."""
    if rng.random() < 0.2:
        return BARE
    part = "opening" if at == 0 else "ending" if at == count - 1 else "middle"
    lines = []
    if whole and rng.random() < 0.75:
        lines.append(f"Part: {part}")
    if rng.random() < 0.75:
        lines.append(f"Tone: {tone_of(passage.text, passage.feelings)}")
    if rng.random() < 0.75:
        lines.append(f"Length: {length_of(passage.text)}")
    if rng.random() < 0.12 and (direction := direction_of(passage, rng)):
        lines.append(f"Direction: {direction}")
    return "\n".join(lines) or BARE


def messages_of(
    prepared: Prepared, rng: random.Random, keep_names: float = 0.08
) -> list[Message]:
    """One reading of the story as the editor's messages (the fixed format)."""
    as_i = prepared.as_i is not None and rng.random() < 0.8
    labels = prepared.labels
    names = new_names(rng, labels.people, keep=keep_names)
    for place in labels.places:
        if place[:1].isupper() and rng.random() > max(0.2, keep_names):
            names[place] = rng.choice(PLACES)
    passages = passages_of(pieces_of(prepared, as_i), rng)
    written = rng.random() < 0.25
    if written and not as_i:
        passages = with_written_opening(passages, prepared.story)
    for passage in passages:
        passage.text = renamed(passage.text, names)
    if written and rng.random() < 0.6:
        header = ""
    else:
        header = header_of(prepared, passages, names, rng)
    whole = prepared.story.source != "first_person"
    bare = rng.random() < (0.6 if written else 0.15)
    messages = [{"role": "system", "content": f"{PREFACE}\n\n{header}"}]
    for at, passage in enumerate(passages):
        ask = BARE if bare else ask_of(passage, at, len(passages), whole, rng)
        messages.append({"role": "user", "content": ask})
        messages.append({"role": "assistant", "content": passage.text})
    return messages
