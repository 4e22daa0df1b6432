"""Whether people with usual names are told of, and nobody else in their place.

Held-out headers have unusual names, spelled in pieces that any name may have. Usual
ones are another risk: a model may know too many of them, and a tokenizer may have spent
a token on each that was hardly ever read.
"""

import random
import re

from training.seedling.names import HE_KNOWN, HE_USUAL, SHE_KNOWN, SHE_USUAL
from training.seedling.reading.figures import Figure, share
from training.seedling.reading.headers import HeldOut, Story

SHE = sorted({*SHE_USUAL, *SHE_KNOWN})
HE = sorted({*HE_USUAL, *HE_KNOWN})
EACH = 20  # of women's names, and of men's
EXPERIENCE = "I carried the soup to my neighbour and dropped the spoon in the snow."
TONES = ("joyful", "sad", "tense", "hopeful", "tender")


def headers(seed: int = 4) -> list[HeldOut]:
    """One opening each, every second one with an experience."""
    rng = random.Random(seed)
    people = [("she", name) for name in rng.sample(SHE, EACH)]
    people += [("he", name) for name in rng.sample(HE, EACH)]
    found = []
    for number, (teller, name) in enumerate(people):
        other = people[(number * 7 + 5) % len(people)][1]
        header = {"Teller": teller, "Names": f"{name}, {other}"}
        if number % 2:
            header["Experience"] = EXPERIENCE
        ask = {"Part": "opening", "Tone": rng.choice(TONES), "Length": "medium"}
        found.append(HeldOut(f"u{number:02}", header, [ask]))
    return found


def strangers(story: Story) -> list[str]:
    """Usual names in a story whose header has them not, and letters stuck to one."""
    names = story.held_out.listed("Names")
    said = re.findall(r"\b[A-Z]\w+", story.text)
    known = {*SHE, *HE}.difference(names)
    stuck = [
        word for word in said if word not in names and word.startswith(tuple(names))
    ]
    return [word for word in said if word in known] + stuck


def measure(stories: list[Story]) -> list[Figure]:
    named = [
        [bool(re.search(rf"\b{re.escape(name)}\b", story.text)) for name in names]
        for story in stories
        if (names := story.held_out.listed("Names"))
    ]
    astray = [[bool(strangers(story))] for story in stories]
    return [
        share("usual name used", named),
        share("somebody else with a usual name in the opening", astray),
    ]
