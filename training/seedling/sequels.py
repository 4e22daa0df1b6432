"""A beginning in somebody's own words, and how it may go on in any tone.

People write their openings themselves, in words that no plot has. So the first lines
of a real story, with other names and things in them, are gone on with by sequels.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from training.seedling.casts import Cast, cast_for
from training.seedling.documents import (
    BARE,
    PREFACE,
    Message,
    renamed,
    stand_ins,
)
from training.seedling.labels import SAID, length_of, narration, teller_of
from training.seedling.plots import Plot, sequels
from training.seedling.prepare import Prepared
from training.seedling.scenes import (
    header_lines,
    needs_of,
    sometimes_parted,
    told_of_teller,
    turn_of,
)
from training.seedling.telling import Telling
from training.seedling.things import exchanged

#: Books for small children: their first lines name who it is about at once.
SIMPLE = ("tinystories", "bookdash", "pratham_books", "african_storybook")
#: Books seldom say "I" or "they" at once; people do. "": whoever it is.
TOLD_BY = ("I", "I", "they", "", "", "", "")
TRIES = 120
SENTENCES = (1, 1, 2, 2, 3, 4, 6)
MOST_WORDS = 90
MIDDLES = (0, 1, 1, 1, 2, 5)
#: What an opening is about in which nothing stands out.
ABOUT = ("all this", "that day", "what had happened")


@dataclass
class Begun:
    """An opening, who it is about and what."""

    text: str
    teller: str
    people: list[str]
    about: str  # "the boat", or nothing


def begun_messages(stories: Sequence[Prepared], rng: random.Random) -> list[Message]:
    """Somebody's beginning as the editor's messages, gone on with passage by passage.

    Nothing where no beginning was found that will do.
    """
    found = begun(stories, rng)
    if not found:
        return []
    middles = told_of_teller(sequels("middle"), found.teller)
    passages = rng.sample(middles, rng.choice(MIDDLES))
    if not passages or rng.random() < 0.4:
        passages.append(rng.choice(told_of_teller(sequels("ending"), found.teller)))
    headed = rng.random() < 0.5
    needs = needs_of(passages, found.teller, rng) if headed else set()
    cast = cast_of(found, needs, rng)
    about = found.about or rng.choice(ABOUT)
    telling = Telling(cast, Plot("any", "story", about), rng)
    telling.told = f"{found.text} "
    texts = [telling.passage(passage) for passage in passages]
    passages, texts = sometimes_parted(passages, texts, rng)
    bare = "Form: story" if rng.random() < 0.8 else ""
    told = [f"{found.text}\n{texts[0]}", *texts[1:]]
    header = header_lines(cast, "story", told, rng) if headed else bare
    opening = f"Part: opening\nLength: {length_of(found.text)}"
    messages = [
        {"role": "system", "content": f"{PREFACE}\n\n{header}"},
        {"role": "user", "content": opening if rng.random() < 0.7 else BARE},
        {"role": "assistant", "content": found.text, "given": "by a person"},
    ]
    for passage, text in zip(passages, texts, strict=True):
        messages += turn_of(passage, text, telling)
    return messages


def begun(stories: Sequence[Prepared], rng: random.Random) -> Begun | None:
    """One of some tries that says clearly whom it is about, and is told as wanted."""
    wanted = rng.choice(TOLD_BY)
    for _ in range(TRIES):
        prepared = rng.choice(stories)
        if prepared.source not in SIMPLE or (wanted == "I" and not prepared.told_as_i):
            continue
        found = begun_by(prepared, wanted == "I", rng)
        if found and wanted in ("", found.teller):
            return found
    return None


def begun_by(prepared: Prepared, as_i: bool, rng: random.Random) -> Begun | None:
    names, things = stand_ins(prepared, rng, keep_names=0.08)
    first = prepared.pieces[0]
    opening = first_lines(first.as_i if as_i else first.text, rng)
    opening = exchanged(renamed(opening, names), things)
    labels = prepared.labels
    people = [names.get(p, p) for p in labels.people]
    people = [name for name in people if re.search(rf"\b{re.escape(name)}\b", opening)]
    teller = "I" if as_i else teller_in(opening) or teller_of(prepared.text)
    if not opening or not told_by(teller, people, opening):
        return None
    known = [things.get(thing, thing) for thing in labels.things]
    known = [t for t in known if re.search(rf"\b{re.escape(t)}\b", opening)]
    about = f"the {rng.choice(known)}" if known else ""
    return Begun(opening, teller or "I", people, about)


def first_lines(text: str, rng: random.Random) -> str:
    """A few whole sentences, none of them an open speech; or nothing."""
    sentences = re.split(r"(?<=[.!?]) (?=[A-Z])", text.replace("\n\n", " "))
    told = " ".join(sentences[: rng.choice(SENTENCES)])
    fine = told[-1:] in (".", "!", "?") and not told.count('"') % 2
    return told if fine and len(told.split()) <= MOST_WORDS else ""


def teller_in(text: str) -> str | None:
    """Whose pronouns stand in it, where they are of one kind."""
    said = set(re.findall(r"[a-z']+", narration(text).lower()))
    found = [teller for teller, words in SAID.items() if said & set(words)]
    return found[0] if len(found) == 1 else None


def told_by(teller: str | None, people: list[str], opening: str) -> bool:
    """Whether these people are the heroes of a story that this one tells."""
    said = teller_in(opening)
    if teller == "I":
        return said == "I" and len(people) <= 1
    if teller == "they":
        return len(people) == 2 and f"{people[0]} and {people[1]}" in opening
    return teller is not None and len(people) == 1 and said in (teller, None)


def cast_of(found: Begun, needs: set[str], rng: random.Random) -> Cast:
    """Those of the opening, and what the sequels need beside them."""
    cast = cast_for(found.teller, needs - {"life", "key"}, (), rng)
    if found.teller == "I":
        cast.others = [*found.people, *cast.others][: max(1, len(cast.others))]
    else:
        cast.hero = " and ".join(found.people)
    return cast
