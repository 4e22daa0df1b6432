"""What the linear model sees of a text: hashed words, pairs and parts of words.

Hashing needs no vocabulary file: every feature falls into a numbered bucket. Words
and pairs have their own buckets, so parts of words cannot blur them.
"""

import re
from collections.abc import Iterator
from zlib import crc32

WORD_BUCKETS = 1 << 16
PART_BUCKETS = 1 << 15
BUCKETS = WORD_BUCKETS + PART_BUCKETS

TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[!?]")
LETTER = re.compile(r"[^\W\d_]")
LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ]")


def words(text: str) -> list[str]:
    return TOKEN.findall(text.lower().replace("’", "'"))


def is_latin(text: str) -> bool:
    """Nearly all letters are Latin: the guide was taught English and can try."""
    letters = len(LETTER.findall(text))
    return bool(letters) and len(LATIN.findall(text)) >= 0.8 * letters


def word_bucket(word: str) -> int:
    return crc32(word.encode()) % WORD_BUCKETS


def part_bucket(part: str) -> int:
    return WORD_BUCKETS + crc32(part.encode()) % PART_BUCKETS


def buckets(tokens: list[str]) -> Iterator[int]:
    """Every feature of a tokenised text, as often as it occurs."""
    for word in tokens:
        yield word_bucket(word)
        edged = f" {word} "
        for size in (3, 4, 5):
            for start in range(len(edged) - size + 1):
                yield part_bucket(edged[start : start + size])
    for first, second in zip(tokens, tokens[1:], strict=False):
        yield word_bucket(f"{first} {second}")
