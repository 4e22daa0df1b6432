"""The pairs written by hand for the seedling keep the promises their headers make."""

import json
import re
from collections import Counter

import pytest

from training.seedling.corpus import listed_word
from training.seedling.labels import length_of, narration
from training.seedling.recipe import HELD_OUT_HEADERS

PAIRS_FOLDER = HELD_OUT_HEADERS.parent / "pairs"
TONES = {"joyful", "tender", "hopeful", "wistful", "tense", "sad", "neutral"}
FORMS = {"story", "diary", "letter", "poem", "script"}
FIELDS = {
    *("Title", "Form", "Level", "Teller", "Names", "Places", "Things", "Values"),
    *("Experience", "Avoid", "Note"),
}
TOLD_BY = {
    "I": set("i my me mine myself we our us".split()),
    "she": set("she her hers herself".split()),
    "he": set("he his him himself".split()),
    "they": set("they their them theirs themselves".split()),
}
COMMON = set(
    """about after again always because before could every first from have into just
    like made more most much only other over said some that their them then there they
    thing this took until very want went were what when where which while with would
    your myself without than been will last many still never both down""".split()
)
MORALS = re.compile(
    r"\bmoral\b|\blesson\b|and so (?:I|we|she|he|they) learned|from that day on|"
    r"\bafter all, what matters\b|happily ever after|Once upon a time",
    re.IGNORECASE,
)


def load():
    for path in sorted(PAIRS_FOLDER.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


@pytest.fixture(scope="module")
def pairs():
    return list(load())


def text_of(pair) -> str:
    return "\n\n".join(pair["paragraphs"])


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text.lower())


def telling(pair) -> list[str]:
    """The words of the teller alone: no speech; of a script, its stage directions."""
    text = text_of(pair)
    if pair["header"]["Form"] == "script":
        return words_of(" ".join(re.findall(r"\(([^)]*)\)", text)))
    return [word.split("'")[0] for word in words_of(narration(text))]


def stems(text: str) -> set[str]:
    return {w[:4] for w in words_of(text) if len(w) > 3 and w not in COMMON}


def failing(pairs, holds) -> list[str]:
    return [pair["id"] for pair in pairs if not holds(pair)]


def test_there_are_enough_pairs_and_each_has_its_own_id(pairs):
    assert len(pairs) >= 300
    assert [p["id"] for p in pairs] == [f"p{n + 1:03d}" for n in range(len(pairs))]


def test_every_pair_uses_only_fields_and_values_the_model_is_taught(pairs):
    def is_taught(pair):
        header = pair["header"]
        return (
            set(header) <= FIELDS
            and header["Form"] in FORMS
            and header["Teller"] in TOLD_BY
            and header["Level"] in {"simple", "plain", "rich"}
        )

    assert failing(pairs, is_taught) == []


def test_every_paragraph_has_one_truthful_ask(pairs):
    def is_asked(pair):
        asks, paragraphs = pair["asks"], pair["paragraphs"]
        last = len(paragraphs) - 1
        part = {0: "opening", last: "ending"}
        return len(asks) == len(paragraphs) and all(
            ask["Length"] == length_of(text)
            and ask.get("Tone", "neutral") in TONES
            and ask.get("Part") in {None, part.get(at, "middle")}
            for at, (ask, text) in enumerate(zip(asks, paragraphs, strict=True))
        )

    assert failing(pairs, is_asked) == []


def test_every_story_is_two_to_four_paragraphs_of_90_to_220_words(pairs):
    def fits(pair):
        least = 60 if pair["header"]["Form"] == "poem" else 90
        words = len(text_of(pair).split())
        return 2 <= len(pair["paragraphs"]) <= 4 and least <= words <= 220

    assert failing(pairs, fits) == []


def test_every_name_place_and_thing_of_the_header_is_in_the_story(pairs):
    missing = [
        (pair["id"], asked)
        for pair in pairs
        for field in ("Names", "Places", "Things")
        for asked in pair["header"].get(field, [])
        if not re.search(
            rf"\b{re.escape(asked)}",
            text_of(pair),
            0 if field == "Names" else re.IGNORECASE,
        )
    ]
    assert missing == []


def test_nothing_to_avoid_is_in_the_story(pairs):
    def avoids(pair):
        text = text_of(pair).lower()
        return not any(word.lower() in text for word in pair["header"].get("Avoid", []))

    assert failing(pairs, avoids) == []


def test_the_experience_is_told_and_not_copied(pairs):
    def is_told(pair):
        told = text_of(pair)
        return pair["header"]["Experience"] and all(
            8 <= len(line.split()) <= 20
            and line.rstrip(".").lower() not in told.lower()
            and len(stems(line) & stems(told)) >= 0.5 * len(stems(line))
            for line in pair["header"]["Experience"]
        )

    assert failing(pairs, is_told) == []


def test_the_teller_is_kept_throughout(pairs):
    def is_kept(pair):
        counts = Counter(telling(pair))
        told = {t: sum(counts[w] for w in ws) for t, ws in TOLD_BY.items()}
        teller = pair["header"]["Teller"]
        if teller == "I":
            return told["I"] >= 3
        rival = {"she": "he", "he": "she"}.get(teller)
        return (
            told[teller] >= 3
            and counts["i"] + counts["my"] + counts["me"] == 0
            and (rival is None or told[teller] > told[rival])
        )

    assert failing(pairs, is_kept) == []


def test_a_direction_is_followed(pairs):
    astray = [
        (pair["id"], ask["Direction"])
        for pair in pairs
        for ask, text in zip(pair["asks"], pair["paragraphs"], strict=True)
        if "Direction" in ask and not stems(ask["Direction"]) & stems(text)
    ]
    assert astray == []


def test_names_are_hardly_ever_used_twice_and_never_held_out(pairs):
    held_out = set()
    for line in HELD_OUT_HEADERS.read_text(encoding="utf-8").splitlines():
        held_out |= set(json.loads(line)["header"].get("Names", "").split(", "))
    used = Counter(n for pair in pairs for n in pair["header"].get("Names", []))
    assert [name for name, times in used.items() if times > 2] == []
    assert sum(times > 1 for times in used.values()) <= 0.05 * len(used)
    assert set(used) & held_out == set()


def test_openings_differ(pairs):
    openings = Counter(
        " ".join(words_of(text_of(pair))[:3])
        for pair in pairs
        if pair["header"]["Form"] in {"story", "poem"}
    )
    assert [opening for opening, times in openings.items() if times > 3] == []


def test_no_sentence_is_used_twice(pairs):
    seen: Counter[str] = Counter()
    for pair in pairs:
        for sentence in set(re.split(r"(?<=[.!?])\s+", text_of(pair))):
            if len(sentence.split()) >= 5:
                seen[sentence] += 1
    assert [sentence for sentence, times in seen.items() if times > 1] == []


def test_no_story_preaches_or_holds_a_screened_word(pairs):
    assert failing(pairs, lambda p: not MORALS.search(text_of(p))) == []
    assert failing(pairs, lambda p: listed_word(text_of(p)) is None) == []


def test_tones_tellers_and_forms_are_all_there_in_fair_shares(pairs):
    tones = Counter(ask["Tone"] for p in pairs for ask in p["asks"] if "Tone" in ask)
    tellers = Counter(pair["header"]["Teller"] for pair in pairs)
    forms = Counter(pair["header"]["Form"] for pair in pairs)
    assert min(tones[tone] for tone in TONES) >= 0.08 * tones.total()
    assert max(tones.values()) <= 0.25 * tones.total()
    assert 0.4 <= tellers["I"] / len(pairs) <= 0.6
    assert min(tellers.values()) >= 0.1 * len(pairs)
    assert forms["story"] <= 0.75 * len(pairs) and set(forms) == FORMS
