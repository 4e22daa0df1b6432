"""How hard an English text is: five formulas, offline, and the band they agree on.

One formula alone is false precision: they differ by several years on the same page.
So a level is told as a band from the second lowest to the second highest of the five,
and the middle one decides. Under `LEAST_WORDS` nothing is told at all.

The grades are school years of readers in the USA, about. Names count as easy words.
"""

import re
from dataclasses import asdict, dataclass
from statistics import median

from stories.lessons.sentences import split, words_of

LEAST_WORDS = 60
#: From and to, in grades; "year 3" ends where 4.0 begins.
BANDS = {
    "starter": (-9.0, 2.0),
    "easy": (1.0, 4.0),
    "middle": (3.0, 6.0),
    "stretch": (5.0, 8.0),
}
#: What a sentence should be like for the whole to lie in its band.
CENTRES = {"starter": 0.5, "easy": 2.0, "middle": 4.5, "stretch": 6.5}
#: Long words in a sentence (RIX) to the grade they belong to, after Anderson (1983).
_RIX = (0.2, 0.5, 0.8, 1.3, 1.8, 2.4, 3.0, 3.7, 4.5, 5.3, 6.2, 7.2)


@dataclass(frozen=True)
class Measured:
    """What the formulas say. `low` to `high` is the band, `middle` decides."""

    low: float
    middle: float
    high: float
    formulas: dict[str, float]
    words: int
    sentences: int

    def is_in(self, level: str) -> bool:
        least, most = BANDS[level]
        return least <= self.middle < most

    def as_json(self) -> dict:
        return asdict(self)


def measure(text: str, names: tuple[str, ...] = ()) -> Measured | None:
    """None where a text is too short to tell, or is not written in Latin letters.

    `names`: of the hero, say; whoever they are, they are read as an easy word.
    """
    text = with_easy(names, text)
    sentences = [s for s in split(text) if words_of(s)]
    words = words_of(text)
    if len(words) < LEAST_WORDS or not is_english(text):
        return None
    formulas = grades(words, len(sentences))
    told = sorted(formulas.values())
    return Measured(
        low=told[1],
        middle=round(median(told), 1),
        high=told[-2],
        formulas=formulas,
        words=len(words),
        sentences=len(sentences),
    )


def grade_of(sentence: str, names: tuple[str, ...] = ()) -> float:
    """A rough grade of one sentence, to compare candidates with."""
    words = words_of(with_easy(names, sentence))
    told = grades(words, 1)
    return (told["Flesch-Kincaid"] + told["ARI"] + told["Coleman-Liau"]) / 3


def with_easy(names: tuple[str, ...], text: str) -> str:
    for name in filter(None, names):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "Sam", text)
    return text


def grades(words: list[str], sentences: int) -> dict[str, float]:
    count = len(words)
    length = count / sentences
    letters = sum(len(word) for word in words)
    syllables = [syllables_of(word) for word in words]
    heavy = sum(
        n >= 3 and not word[0].isupper()
        for n, word in zip(syllables, words, strict=True)
    )
    long = sum(len(word) > 6 and not word[0].isupper() for word in words)
    return {
        name: round(grade, 1)
        for name, grade in {
            "Flesch-Kincaid": 0.39 * length + 11.8 * sum(syllables) / count - 15.59,
            "ARI": 4.71 * letters / count + 0.5 * length - 21.43,
            "Coleman-Liau": 5.88 * letters / count - 29.6 * sentences / count - 15.8,
            "Gunning fog": 0.4 * (length + 100 * heavy / count),
            "RIX": float(sum(long / sentences >= step for step in _RIX)),
        }.items()
    }


def is_english(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum(c < "\u0250" for c in letters) > 0.9 * len(letters)


_VOWELS = re.compile(r"[aeiouyàâäáèéêëíîïóôöúùûü]+")
#: An "e" that is only written: like, liked (not wanted), likes (not boxes), but table.
_SILENT = re.compile(
    r"(?:(?<![^aeiouy]l)(?<!e)e|(?<![tdle])ed|(?<![sxzcgl])(?<![cs]h)es)$"
)
#: Two vowels that are heard apart: li-on, cu-ri-ous, i-de-a, play-ing.
_APART = re.compile(r"(?<![ctsgx])i(?:a|o|u)|(?<![aeio])eo(?!p)|(?<![qg])ua|ying|\wea$")


def syllables_of(word: str) -> int:
    """Groups of vowels, less an "e" that is only written. Right for about nine of ten
    words, which is what the formulas were made with."""
    word = word.lower().replace("’", "'").split("'")[0]
    groups = len(_VOWELS.findall(word))
    if groups > 1 and _SILENT.search(word):
        groups -= 1
    if len(word) > 3:
        groups += bool(_APART.search(word)) and not (groups == 1 and word[-2:] == "ea")
    return max(1, groups)
