"""What the judge sees of a text: stems, what is denied, and near neighbours."""

import re

WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[!?]")
DENIALS = frozenset(
    "not no never nobody nothing nowhere neither nor without cannot hardly".split()
)
#: Words after a denial that it reaches.
REACH = 3
ENDINGS = ("ingly", "edly", "ness", "ing", "ies", "ied", "est", "ed", "ly", "es", "s")


def stems(text: str) -> list[str]:
    """Stems in order; what is denied begins with an exclamation mark."""
    found, reach = [], 0
    for word in WORD.findall(text.lower().replace("’", "'")):
        if word in "!?":
            reach = 0
            found.append(word)
            continue
        denies = word in DENIALS or word.endswith("n't")
        stem = stemmed(word)
        found.append(f"!{stem}" if reach and not denies else stem)
        reach = REACH if denies else max(0, reach - 1)
    return found


def stemmed(word: str) -> str:
    word = word.removesuffix("'s")
    for ending in ENDINGS:
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2:
            word = f"{rest}y" if ending in ("ies", "ied") else rest
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "els":
        word = word[:-1]  # running, runn, run
    return word.removesuffix("e") if len(word) > 3 else word


def features(text: str) -> list[str]:
    """Stems, and pairs of stems one or two words apart."""
    found = stems(text)
    pairs = [
        f"{first} {second}"
        for apart in (1, 2)
        for first, second in zip(found, found[apart:], strict=False)
    ]
    return found + pairs
