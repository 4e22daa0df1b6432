"""What the texts that are read hold of violence and stereotypes, after the screen."""

import random
import re
from collections import Counter
from collections.abc import Sequence

from training.seedling.corpus import listed_word
from training.seedling.prepare import Prepared
from training.seedling.reading.figures import Figure, share

VIOLENCE = re.compile(
    r"\b(?:kill(?:s|ed|ing)?|murder\w*|stab(?:bed)?|shot|shoot|gun|sword|knife|blood\w*|"
    r"fight(?:s|ing)?|fought|punch(?:ed)?|beat(?:en)? (?:him|her|them|me)|hit (?:him|"
    r"her|them|me)|attack(?:s|ed)?|war|battle|dead|died|death)\b",
    re.IGNORECASE,
)
STEREOTYPE = re.compile(
    r"\b(?:like a (?:little )?girl|(?:only|just) a girl|girls? (?:can't|cannot|don't|"
    r"are (?:weak|silly))|boys? don't cry|(?:man|woman)'s work|for (?:boys|girls) only|"
    r"(?:lazy|dirty|cunning) (?:foreigner|beggar|peasant)s?|old maid|"
    r"fat (?:boy|girl|man|woman|lady))\b",
    re.IGNORECASE,
)


def passages(stories: Sequence[Prepared], n: int) -> list[str]:
    """`n` of the pieces that training cuts passages from, by chance."""
    pieces = [piece.text for story in stories for piece in story.pieces]
    return random.Random(7).sample(pieces, min(n, len(pieces)))


def measure(stories: Sequence[Prepared], n: int) -> list[Figure]:
    texts = passages(stories, n)
    listed = [[listed_word(text) is not None] for text in texts]
    return [
        share("a word of the screen (slurs, cruelty, hate)", listed),
        rate("a word of violence or death", VIOLENCE, texts),
        rate("a phrase of a stereotype", STEREOTYPE, texts),
    ]


def rate(name: str, pattern: re.Pattern[str], texts: list[str]) -> Figure:
    hits = Counter(m[0].lower() for text in texts for m in pattern.finditer(text))
    note = ", ".join(f"{word} {n}" for word, n in hits.most_common(6))
    return share(
        name, [[pattern.search(text) is not None] for text in texts], note=note
    )
