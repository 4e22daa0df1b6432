"""Which words of a text carry what it is about."""

import re

_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = frozenset(
    "about after again all also and any are because been before being but came can "
    "could did does down each even every feeling felt first for from get got had has "
    "have her here hers him his how into its just like made many more most much must "
    "near never not now off one only other our out over own said saw see she should "
    "some still such than that the their them then there these they this those time "
    "too two under until very was way went were what when where which while who why "
    "will with would you your myself mine ours ourselves himself herself themselves "
    "hers theirs".split()
)


def told_words(text: str) -> list[str]:
    """In the order they stand, each once, in small letters."""
    found = [word for word in _WORD.findall(text.lower()) if word not in _COMMON]
    return list(dict.fromkeys(found))


def words_of(text: str) -> set[str]:
    return set(told_words(text))
