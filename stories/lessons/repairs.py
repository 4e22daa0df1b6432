"""Bringing a text nearer to its level: sentences are joined, cut in two, or dropped.

At most `MOST` rounds; after that the level is told as not reached. Facts, words that
someone says, and sentences a target word needs for itself are left alone.
"""

import re

from stories.lessons.level import BANDS, Measured, grade_of, measure
from stories.lessons.sentences import words_of
from stories.lessons.values import Line, Wish
from stories.lessons.words import TIMES, holds, sentences_with

MOST = 3
#: So many sentences are changed in one round.
A_ROUND = 6
#: A text is not made easier by making it shorter than this, in words.
LEAST_WORDS = 75
LONGEST_JOINED = {"starter": 9, "easy": 14, "middle": 22, "stretch": 28}

Paragraphs = list[list[Line]]


def repair(paragraphs: Paragraphs, wish: Wish) -> tuple[Paragraphs, int]:
    """The paragraphs at the asked level, and how many rounds it took.

    Where they cannot be brought there, they stay as they were drawn: a cut-up text
    that is still too hard helps nobody.
    """
    rounds, drawn = 0, paragraphs
    while rounds < MOST:
        found = measure(text_of(paragraphs), (wish.hero,))
        if found is None or found.is_in(wish.level):
            return paragraphs, rounds
        changed = one_round(paragraphs, wish, found)
        rounds += 1
        if changed == paragraphs:
            break
        paragraphs = changed
    found = measure(text_of(paragraphs), (wish.hero,))
    reached = found is not None and found.is_in(wish.level)
    return (paragraphs if reached else drawn), rounds


def text_of(paragraphs: Paragraphs) -> str:
    return "\n\n".join(" ".join(line.text for line in p) for p in paragraphs)


def one_round(paragraphs: Paragraphs, wish: Wish, found: Measured) -> Paragraphs:
    too_easy = found.middle < BANDS[wish.level][0]
    for _change in range(A_ROUND):
        if too_easy:
            changed = join_one(paragraphs, wish)
        else:
            changed = cut_one(paragraphs, wish) or drop_one(paragraphs, wish)
        if changed is None:
            break
        paragraphs = changed
        now = measure(text_of(paragraphs), (wish.hero,))
        if now and now.is_in(wish.level):
            break
    return paragraphs


def join_one(paragraphs: Paragraphs, wish: Wish) -> Paragraphs | None:
    """The two neighbours that make the shortest new sentence become one."""
    best: tuple[int, int, int] | None = None
    for p, lines in enumerate(paragraphs):
        for n in range(len(lines) - 1):
            length = len(words_of(lines[n].text)) + len(words_of(lines[n + 1].text))
            if length <= LONGEST_JOINED[wish.level] and may_join(
                lines[n], lines[n + 1], paragraphs, wish
            ):
                best = min(best or (length, p, n), (length, p, n))
    if best is None:
        return None
    _length, p, n = best
    one, two = paragraphs[p][n], paragraphs[p][n + 1]
    joined = Line(f"{one.text[:-1]}, and {lowered(two.text, wish)}", "begun")
    lines = [*paragraphs[p][:n], joined, *paragraphs[p][n + 2 :]]
    return [*paragraphs[:p], lines, *paragraphs[p + 1 :]]


def may_join(one: Line, two: Line, paragraphs: Paragraphs, wish: Wish) -> bool:
    if {one.source, two.source} - {"model", "begun"}:
        return False
    if re.search("[“”]", one.text + two.text) or not one.text.endswith("."):
        return False
    texts = [line.text for lines in paragraphs for line in lines]
    return not any(
        holds(one.text, w.word)
        and holds(two.text, w.word)
        and len(sentences_with(w.word, texts)) <= TIMES
        for w in wish.words
    )


def lowered(text: str, wish: Wish) -> str:
    """Names and "I" keep their capital."""
    first = words_of(text)[0]
    is_name = first == "I" or first.startswith("I’") or first == wish.hero.split()[0]
    known = first.lower() in _BEGINNINGS
    return text if is_name or not known else text[0].lower() + text[1:]


_BEGINNINGS = frozenset(
    "a all an and at behind but every everyone everything he her his in it its next "
    "one she so soon some that the their then there they this under we when with "
    "because after before today on".split()
)


def cut_one(paragraphs: Paragraphs, wish: Wish) -> Paragraphs | None:
    """The longest sentence that has a seam becomes two."""
    seams = seams_for(wish)
    best: tuple[int, int, int] | None = None
    for p, lines in enumerate(paragraphs):
        for n, line in enumerate(lines):
            ours = line.source in ("model", "begun") and "“" not in line.text
            if ours and any(seam.search(line.text) for seam, _rest in seams):
                here = (len(words_of(line.text)), p, n)
                best = max(best or here, here)
    if best is None:
        return None
    _length, p, n = best
    line = paragraphs[p][n]
    two = [Line(text, line.source) for text in in_two(line.text, seams)]
    lines = [*paragraphs[p][:n], *two, *paragraphs[p][n + 1 :]]
    return [*paragraphs[:p], lines, *paragraphs[p + 1 :]]


def seams_for(wish: Wish) -> list[tuple[re.Pattern[str], str]]:
    """Where a sentence may be cut, and what its second half then begins with."""
    hero = re.escape(wish.hero)
    subject = rf"(?:he|she|they|it|the|there|{hero})"
    verb = r"(?:was|had|went|saw|said|ran|felt|could|wanted|\w{3,}ed)"
    return [
        (re.compile(rf",? (?:and|so) (?={subject} \w+ \w+)"), ""),
        (re.compile(rf",? but (?={subject} \w+ \w+)"), "But "),
        (re.compile(rf"(?<=\w),? and (?={verb} \w+)"), f"{wish.hero} "),
    ]


def in_two(text: str, seams: list[tuple[re.Pattern[str], str]]) -> list[str]:
    for seam, begins in seams:
        if found := list(seam.finditer(text)):
            rest = begins + text[found[-1].end() :]
            return [text[: found[-1].start()] + ".", rest[:1].upper() + rest[1:]]
    return [text]


def drop_one(paragraphs: Paragraphs, wish: Wish) -> Paragraphs | None:
    """The hardest sentence goes that nothing asked for needs."""
    hardest: tuple[float, int, int] | None = None
    for p, lines in enumerate(paragraphs):
        for n, line in enumerate(lines):
            needed = any(holds(line.text, w.word) for w in wish.words)
            if line.source == "model" and not needed and (p or n):
                here = (grade_of(line.text, (wish.hero,)), p, n)
                hardest = max(hardest or here, here)
    words = len(words_of(text_of(paragraphs)))
    if hardest is None:
        return None
    _grade, p, n = hardest
    if words - len(words_of(paragraphs[p][n].text)) < LEAST_WORDS:
        return None
    lines = [*paragraphs[p][:n], *paragraphs[p][n + 1 :]]
    return [*paragraphs[:p], lines, *paragraphs[p + 1 :]]
