"""Sentences of simple stories that any hero could stand in, by their tone.

They widen the lines written for composed scenes: "She wiped her eyes" is as good of
anyone who is sad. Only a sentence with one hero, no name and nothing that points back
to the sentence before it is taken.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from training.seedling.labels import TONES
from training.seedling.person import AFTER_OBJECT, PAST
from training.seedling.prepare import Prepared

SURE = {"hopeful": 0.3, "wistful": 0.3}  # the guide's share; these two are rare
USUALLY_SURE = 0.5
SIMPLE = ("tinystories", "bookdash", "pratham_books", "african_storybook")
POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|him|this|that|these|those|there|one|ones|other|"
    r"others|another|so|the|both|too|then|also|again|is|are|says?)\b",
    re.IGNORECASE,
)
ToneLines = dict[str, list[str]]


def slotted(sentence: str) -> str | None:
    """ "She wiped her eyes." as "{s} wiped {p} eyes.", or None."""
    words = len(sentence.split())
    hero = re.match(r"(She|He) ", sentence)
    if not hero or not 4 <= words <= 14 or not sentence.isascii():
        return None
    if re.search(r'["?:;{}]', sentence):
        return None
    rest = sentence[hero.end() :]
    verb = re.match(r"[a-z']+", rest)
    if not verb or not (verb[0] in PAST or verb[0].endswith("ed")):
        return None
    other = (
        r"\b(?:he|his|himself)\b" if hero[1] == "She" else r"\b(?:she|her|herself)\b"
    )
    if re.search(r"\b[A-Z]|\b(?:I|we|you)\b", rest) or POINTS_BACK.search(rest):
        return None
    if re.search(other, rest):
        return None
    for match in re.finditer(r"\bher\b(?: ([a-z]+))?", rest):
        if not match[1] or match[1] in AFTER_OBJECT:
            return None
    slots = {"she": "{s}", "he": "{s}", "her": "{p}", "his": "{p}"}
    slots |= {"herself": "{r}", "himself": "{r}", "was": "{was}"}
    told = re.sub(r"[a-z]+", lambda m: slots.get(m[0], m[0]), rest)
    return "{s} " + told


def tone_lines_of(stories: Iterable[Prepared]) -> ToneLines:
    from training.engine.guide import open_guide

    guide = open_guide()
    found: dict[str, dict[str, None]] = {tone: {} for tone in TONES}
    for story in stories:
        if story.source not in SIMPLE:
            continue
        for piece in story.pieces:
            for sentence in re.split(r"(?<=[.!]) ", piece.text):
                line = slotted(sentence)
                reading = guide.measure(sentence) if line else None
                if not line or not reading or not reading.tone:
                    continue
                if reading.confidence >= SURE.get(reading.tone, USUALLY_SURE):
                    found[reading.tone][line] = None
    return {tone: list(lines) for tone, lines in found.items()}


def tone_lines(stories: Iterable[Prepared], cache: Path) -> ToneLines:
    """Kept in `cache`, so that a run elsewhere needs no guide."""
    if not cache.exists():
        cache.write_text(json.dumps(tone_lines_of(stories)), encoding="utf-8")
    return json.loads(cache.read_text(encoding="utf-8"))
