"""How often one may guess. A school is one address, so nothing waits for an address
alone: a child who fails locks out that nickname at that address and nobody else.
"""

from hashlib import sha256

from django.core.cache import cache

MINUTES = 5
#: Wrong pictures for one nickname from one address.
WRONG_PICTURES = 10
#: Wrong codes from one device (a cookie), and from one address: a flood.
WRONG_CODES_A_DEVICE = 10
WRONG_CODES_AN_ADDRESS = 150
#: Nicknames that are not in the class, tried with its code from one device.
WRONG_NAMES_A_DEVICE = 20
#: Everything wrong for one class from one address: far above what children do.
WRONG_A_CLASS = 300


class Counter:
    """Counts tries of one kind for `MINUTES`; the key is kept as a hash only."""

    def __init__(self, kind: str, most: int, *about: str):
        words = "\0".join(about)
        self.key = f"join-{kind}-{sha256(words.encode()).hexdigest()}"
        self.most = most

    @property
    def is_full(self) -> bool:
        return cache.get(self.key, 0) >= self.most

    def add(self) -> None:
        cache.add(self.key, 0, MINUTES * 60)
        try:
            cache.incr(self.key)
        except ValueError:  # it ran out between the two lines
            cache.set(self.key, 1, MINUTES * 60)

    def clear(self) -> None:
        cache.delete(self.key)
