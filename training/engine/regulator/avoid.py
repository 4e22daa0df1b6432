"""Words and subjects to avoid, as a person typed them, as something to look for.

A word is met in its plain inflections. A subject of the list below is met in the
words that tell of it; the list is short, and what it lacks is not found.
"""

import re
from collections.abc import Sequence

SUBJECTS = {
    "death": "dead death deaths die died dies dying deceased funeral funerals grave "
    "graves buried burial corpse coffin mourn mourned mourning grieve grieved",
    "illness": "ill illness sick sickness disease cancer hospital hospitals fever",
    "war": "war wars soldier soldiers battle battles army bomb bombs gun guns",
    "violence": "hit hits beat beaten punch punched stab stabbed blood bleed bled kill "
    "killed killing killer murder murdered weapon fight fights fought",
    "alcohol": "alcohol drunk beer wine whisky whiskey vodka drunkard liquor",
    "religion": "god gods church churches pray prayed prayer prayers temple mosque "
    "priest bible",
    "divorce": "divorce divorced divorces separation",
    "ghosts": "ghost ghosts haunted spirit spirits spook spooky",
}
SAME = {"dying": "death", "sickness": "illness", "drinking": "alcohol"}
ENDINGS = "(?:s|es|ed|d|ing|er|ers|'s|’s)?"


def pattern(avoid: Sequence[str]) -> re.Pattern[str] | None:
    """Finds any of them in a text; None when there is nothing to avoid."""
    parts: list[str] = []
    for line in avoid:
        phrase = " ".join(line.casefold().split())
        if not phrase:
            continue
        subject = SUBJECTS.get(SAME.get(phrase, phrase))
        parts += [re.escape(word) for word in (subject or "").split()]
        parts.append(inflected(phrase))
    if not parts:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


def inflected(phrase: str) -> str:
    """“spider” also finds “spiders”; “fish” also “fishing”, but not “fisherman”."""
    stem = phrase
    for ending in ("ies", "es", "s"):
        if len(phrase) > 4 and phrase.endswith(ending) and not phrase.endswith("ss"):
            stem = phrase[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    if len(stem) > 3 and stem.endswith("y"):
        return f"(?:{re.escape(stem[:-1])}(?:y|ies|ied|ying)|{re.escape(phrase)})"
    either = "|".join(re.escape(form) for form in dict.fromkeys((phrase, stem)))
    return f"(?:{either}){ENDINGS}"
