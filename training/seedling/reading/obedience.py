"""Does the story keep to its header: who, what, told by whom, of which life."""

import re

from training.seedling.labels import length_of, teller_of
from training.seedling.reading.figures import Bar, Figure, share
from training.seedling.reading.headers import Story

# Words for the same person. Told simply, a grandmother is a grandma.
SAME = [
    {"mother", "mum", "mom", "mama"},
    {"father", "dad", "papa"},
    {"grandmother", "grandma", "granny"},
    {"grandfather", "grandpa"},
]


def uses(text: str, wanted: str) -> bool:
    """As whole words, singular or plural, in any case."""
    ending = r"(?:'s|s|es)?" if wanted[-1:].isalpha() else ""
    pattern = rf"(?<!\w){re.escape(wanted)}{ending}(?!\w)"
    return re.search(pattern, text, re.IGNORECASE) is not None


def tells_of(text: str, noun: str) -> bool:
    """The noun, or another word for the same person."""
    words = next((words for words in SAME if noun.lower() in words), {noun})
    stem = noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun
    return any(uses(text, word) for word in {*words, stem})


def share_kept(text: str, nouns: list[str]) -> float:
    return sum(tells_of(text, noun) for noun in nouns) / len(nouns)


def is_told(text: str, nouns: list[str]) -> bool:
    """An experience is recognisably told when half of its key nouns are kept."""
    return share_kept(text, nouns) >= 0.5


def names_used(story: Story) -> list[bool]:
    return [uses(story.text, name) for name in story.held_out.listed("Names")]


def things_used(story: Story) -> list[bool]:
    """A thing counts by its last word: of a "tartan rug", the rug."""
    things = story.held_out.listed("Things")
    return [uses(story.text, thing.split()[-1]) for thing in things]


def teller_kept(story: Story) -> list[bool]:
    asked = story.held_out.header.get("Teller")
    return [teller_of(story.text) == asked] if asked else []


def length_kept(story: Story) -> list[bool]:
    pairs = zip(story.held_out.asks, story.passages, strict=True)
    return [length_of(passage.text) == ask["Length"] for ask, passage in pairs]


def measure(stories: list[Story]) -> list[Figure]:
    lived = [story for story in stories if story.held_out.key]
    told = [[is_told(story.text, story.held_out.key)] for story in lived]
    # Each text against the next header's experience: told by chance.
    others = [*lived[1:], *lived[:1]]
    by_chance = [
        [is_told(story.text, other.held_out.key)]
        for story, other in zip(lived, others, strict=True)
        if story is not other
    ]
    kept = [[tells_of(s.text, noun) for noun in s.held_out.key] for s in lived]
    rule = "half of its key nouns, marked by hand, are in the story"
    return [
        share("requested name used", map_to(names_used, stories), Bar(least=0.95)),
        share("key thing used", map_to(things_used, stories), Bar(least=0.75)),
        share("requested teller kept", map_to(teller_kept, stories), Bar(least=0.90)),
        share("experience recognisably told", told, Bar(least=0.70), rule),
        share("- told by chance", by_chance, note="another header's experience"),
        share("- key nouns kept", kept),
        share("asked length kept", map_to(length_kept, stories), note="in words"),
    ]


def map_to(rule, stories: list[Story]) -> list[list[bool]]:
    return [rule(story) for story in stories]
