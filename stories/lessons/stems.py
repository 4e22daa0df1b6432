"""Beginnings of sentences that hold a target word. The model ends them.

A model that is too small to be told "use this word" still continues a sentence that
has it. A stem ends where the model may go on with a new word; those that are whole
sentences need no model and are the last resort.
"""

from random import Random

from stories.lessons.values import Word
from stories.lessons.words import article, is_plural

STEMS = {
    "thing": (
        "{hero} looked at the {w} and",
        "{hero} found {a} near the",
        "The {w} {was} very",
        "“Look at the {w}!” said {hero}, and",
        "Then {hero} went back to the {w} because",
        "Next to the {w} there was a",
        "{hero} showed the {w} to a friend, and",
        "{hero} drew a picture of the {w} and",
        "“I will take care of the {w},” said {hero}, and",
        "All day {hero} thought about the {w} and",
        "When {hero} saw the {w} again,",
        "Behind the {w} {hero} saw a",
    ),
    "stuff": (
        "{hero} wanted to know more about {w} and",
        "“What is {w}?” asked {hero}, and",
        "{hero} told a friend about {w} and",
        "{hero} thought about {w} and",
        "Because of {w},",
        "The book was about {w}, and",
        "{hero} drew a picture about {w} and",
        "“I like to learn about {w},” said {hero}, and",
        "At dinner they talked about {w} and",
        "With so much {w},",
    ),
    "action": (
        "{hero} wanted to {w} and",
        "“Who can {w}?” asked {hero}, and",
        "{hero} learned what it means to {w} and",
        "It was not easy to {w}, but",
        "“It will {w} soon,” said {hero}, and",
        "They all watched it {w}, and",
        "When things {w},",
        "{hero} told a friend how to {w} and",
        "“Can it really {w}?” asked {hero}, and",
        "{hero} waited for it to {w} because",
    ),
    "quality": (
        "“How {w}!” said {hero}, and",
        "{hero} thought that everything looked {w} and",
        "It was {a} day, and",
        "{hero} had never seen anything so {w}, and",
        "“Do you think it is {w}?” asked {hero}, and",
        "In the morning all was {w}, and",
        "The most {w} thing of all was the",
        "It was not {w} at first, but",
        "{hero} wanted to see something {w} and",
    ),
}
#: For a word that is still missing: its meaning, as the teacher gave it.
EXPLAINED = (
    "{hero} learned something new: “{Word}” means {meaning}.",
    "“Do you remember? ‘{Word}’ means {meaning},” said the teacher.",
    "In {hero}’s book it said: “{Word}” means {meaning}.",
)
OPENINGS = (
    "{hero} liked {interest} more than anything else, and",
    "Every day {hero} talked about {interest}, because",
    "{hero} was happy, because today was all about {interest}, and",
    "More than anything, {hero} loved {interest}, and",
)
PLAIN_OPENINGS = (
    "One day {hero} woke up early and",
    "{hero} was on the way to school when",
)
FACTS = (
    "{hero} read in a book: “{fact}”",
    "On the wall {hero} saw a sign: “{fact}”",
    "The teacher said: “{fact}”",
    "“Listen,” said a friend. “{fact}”",
    "{hero} wrote it down: “{fact}”",
    "An old woman told {hero}: “{fact}”",
)
FEELINGS = ("proud", "happy", "glad")
REASON = "{hero} felt {feeling} because"


def stems_for(word: Word, hero: str, rng: Random) -> list[str]:
    """All beginnings for this word, in an order of chance."""
    stems = [fill(stem, hero=hero, word=word.word) for stem in STEMS[word.kind]]
    rng.shuffle(stems)
    return stems


def fill(stem: str, *, hero: str, word: str = "", **more: str) -> str:
    said = stem.format(
        hero=hero,
        w=word,
        Word=word[:1].upper() + word[1:],
        a=article(word) if word else "",
        was="were" if word and is_plural(word) else "was",
        **more,
    )
    return said[:1].upper() + said[1:]


def explained(word: Word, hero: str, number: int) -> str:
    stem = EXPLAINED[number % len(EXPLAINED)]
    return fill(stem, hero=hero, word=word.word, meaning=word.meaning.rstrip(". "))


def told_fact(fact: str, hero: str, number: int) -> str:
    """The fact word for word, in quotes, with someone who says or shows it."""
    fact = fact if fact.endswith((".", "!", "?")) else f"{fact}."
    return fill(FACTS[number % len(FACTS)], hero=hero, fact=fact)
