"""What the linear model sees of a text: words, and hashed pairs and parts of words.

Hashing needs no list: every feature falls into a numbered bucket.
"""

import re
from collections.abc import Iterator
from zlib import crc32

BUCKETS = 1 << 16

TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[!?]")
LETTER = re.compile(r"[^\W\d_]")
LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ]")


def words(text: str) -> list[str]:
    return TOKEN.findall(text.lower().replace("’", "'"))


def is_latin(text: str) -> bool:
    letters = len(LETTER.findall(text))
    return bool(letters) and len(LATIN.findall(text)) >= 0.8 * letters


def buckets(tokens: list[str]) -> list[int]:
    return [crc32(feature.encode()) % BUCKETS for feature in features(tokens)]


def features(tokens: list[str]) -> Iterator[str]:
    """Pairs of neighbours, words, and three to five letters in a row of a word."""
    for first, second in zip(tokens, tokens[1:], strict=False):
        yield f"{first} {second}"
    for word in tokens:
        yield word
        edged = f" {word} "
        for size in (3, 4, 5):
            for start in range(len(edged) - size + 1):
                yield edged[start : start + size]
