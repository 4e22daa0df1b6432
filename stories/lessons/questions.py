"""Questions on a story, each with its key and the exact words that prove it.

They are made by rule from what is in the story; wrong answers are sentences that were
drawn for it and not taken, so they look alike and only reading tells them apart.
"""

import re
from collections.abc import Iterable, Iterator
from random import Random

from stories.lessons.answering import plain, with_text
from stories.lessons.sentences import words_of
from stories.lessons.values import GAP, Asked, Asks, Draft, Line, Wish
from stories.lessons.words import alike, holds, pattern_of

OPTIONS = 4
#: Hobbies to choose among where the class offers too few.
HOBBIES = ("swimming", "baking", "drums", "stars", "bicycles", "puzzles", "frogs")
COMMON = (
    "it was time for dinner",
    "the rain had stopped at last",
    "there was no school that day",
)
#: A thing of the story itself: it fits what is told where any word would not.
THINGS = re.compile(
    r"\b(?:the|an?|her|his|their) ([a-z]{4,})"
    r"(?=[.,!?;]| (?:in|on|and|was|were|to|of|near|by|with|that|had)\b)"
)
FILLERS = {
    "thing": ("basket", "feather", "ladder", "pebble", "button"),
    "stuff": ("music", "patience", "thunder", "sand", "luck"),
    "action": ("whisper", "gather", "repair", "borrow", "vanish"),
    "quality": ("hollow", "gentle", "narrow", "noisy", "ripe"),
}


def ask_about(draft: Draft, wish: Wish) -> list[Asked]:
    """Two to recall, two to think, one for each of two words, one of their own.

    What a reader could guess comes last: a child knows what they like themselves, and
    a reason that stands in no story looks like none.
    """
    rng = Random(wish.seed)
    drawn, common = reasons(draft, wish, rng)
    recall = first(2, draft, [*happened(draft, rng), *liking(draft, wish, rng)])
    told = {question.key for question in recall}
    return [
        *recall,
        *first(2, draft, [*drawn, *order(draft, rng, told), *common]),
        *first(2, draft, fitting(draft, wish, rng)),
        *first(1, draft, [own_life(draft, wish)]),
    ]


def first(count: int, draft: Draft, questions: Iterable[Asked]) -> list[Asked]:
    """So many of them that are well made and that the text answers."""
    good = [
        question
        for question in questions
        if not lint(question, draft.text)
        and (not question.options or with_text(question, draft.text) == question.key)
    ]
    return good[:count]


# --- recall -----------------------------------------------------------------------
def liking(draft: Draft, wish: Wish, rng: Random) -> Iterator[Asked]:
    said = next(iter(draft.lines), None)
    interest = next(iter(wish.interests), "")
    if not said or not interest or interest.lower() not in said.text.lower():
        return
    others = [h for h in HOBBIES if not holds(draft.text, h) and h != interest]
    yield choice(
        "recall",
        f"What does {wish.hero} like so much at the beginning of the story?",
        key=interest, others=rng.sample(others, OPTIONS - 1), evidence=said.text,
        rule="liking", rng=rng,
    )  # fmt: skip


def happened(draft: Draft, rng: Random) -> Iterator[Asked]:
    """One sentence of the story among three that are not in it."""
    told = [line.text for line in draft.lines if is_telling(line)]
    rng.shuffle(told)
    spares = unlike(
        spare for spare in draft.spare
        if is_short(spare) and not any(alike(spare, t) for t in told)
        and spare not in draft.text
    )  # fmt: skip
    # Why someone felt so is another question's.
    for sentence in [t for t in told if " because " not in t][:3]:
        others = near(sentence, spares)
        if len(others) == OPTIONS - 1:
            # What is wrong twice would be known to be wrong.
            spares = [spare for spare in spares if spare not in others]
            yield choice(
                "recall", "Which of these happens in the story?",
                key=sentence, others=others, evidence=sentence,
                rule="happened", rng=rng,
            )  # fmt: skip


# --- thinking ---------------------------------------------------------------------
def reasons(draft: Draft, wish: Wish, rng: Random) -> tuple[list[Asked], list[Asked]]:
    """Why did she feel so? The other reasons were drawn for the same sentence; where
    too few were, there is a second list, with common ones."""
    pattern = re.compile(rf"^{re.escape(wish.hero)} felt (\w+) because (.+)[.!]$")
    for line in reversed(draft.lines):
        if not (found := pattern.match(line.text)):
            continue
        drawn = [pattern.match(spare) for spare in draft.spare]
        others = [m[2] for m in drawn if m and not alike(m[2], found[2])]
        others = unlike(others)
        are_drawn = len(others) >= OPTIONS - 1
        asked = choice(
            "inference", f"Why did {wish.hero} feel {found[1]} at the end?",
            key=found[2], evidence=line.text, rule="reason", rng=rng,
            others=near(found[2], others if are_drawn else unlike([*others, *COMMON])),
        )  # fmt: skip
        return ([asked], []) if are_drawn else ([], [asked])
    return [], []


def order(draft: Draft, rng: Random, told_of: set[str]) -> Iterator[Asked]:
    """What comes right after? One must have followed the story, not its words.

    All its answers are of the story: none may tell what another question asks.
    """
    places = [
        (one, two)
        for paragraph in draft.paragraphs
        for one, two in zip(paragraph, paragraph[1:], strict=False)
        if is_telling(one) and is_telling(two)
        and not {one.text, two.text} & told_of
    ]  # fmt: skip
    rng.shuffle(places)
    told = [x.text for x in draft.lines if is_telling(x) and x.text not in told_of]
    for one, two in places[:2]:
        others = [t for t in told if t not in (one.text, two.text)]
        if len(others) >= OPTIONS - 1:
            yield choice(
                "inference", f"What comes right after this? “{plain(one.text)}”",
                key=two.text, others=rng.sample(others, OPTIONS - 1),
                evidence=f"{one.text} {two.text}", rule="order", rng=rng,
            )  # fmt: skip


# --- words ------------------------------------------------------------------------
def fitting(draft: Draft, wish: Wish, rng: Random) -> Iterator[Asked]:
    """A sentence of the story with a gap; the words are all possible ones."""
    for word in wish.words:
        lines = [
            x for x in draft.lines if x.source != "fact" and holds(x.text, word.word)
        ]
        rng.shuffle(lines)
        for line in lines:
            found = pattern_of(word.word).search(line.text)
            if not found or len(pattern_of(word.word).findall(line.text)) > 1:
                continue
            gap = line.text[: found.start()] + GAP + line.text[found.end() :]
            others = [w.word for w in wish.words if w.kind == word.kind and w != word]
            if word.kind == "thing":
                others += of_the_story(draft, line.text, wish)
            others += [f for f in FILLERS[word.kind] if not holds(draft.text, f)]
            others = [o for o in dict.fromkeys(others) if o != found[0].lower()]
            yield choice(
                "vocabulary", f"Which word is missing here? “{plain(gap)}”",
                key=found[0].lower(), others=others[: OPTIONS - 1],
                evidence=line.text, rule="gap", rng=rng, about=word.word,
            )  # fmt: skip
            break


def of_the_story(draft: Draft, sentence: str, wish: Wish) -> list[str]:
    """Things that are told of elsewhere in it, and are no form of a target word."""
    told = THINGS.findall(draft.text.replace(sentence, ""))
    return [
        thing
        for thing in dict.fromkeys(told)
        if not holds(sentence, thing)
        and not any(pattern_of(w.word).search(thing) for w in wish.words)
    ]


def own_life(draft: Draft, wish: Wish) -> Asked:
    said = [x for x in draft.lines if is_telling(x)] or draft.lines
    line = said[-1]
    found = re.search(r"\bfelt (\w+) because", line.text)
    if found:
        text = (
            f"{wish.hero} felt {found[1]}. When did you last feel {found[1]}, and why?"
        )
    elif wish.words:
        text = f"Where have you met “{wish.words[0].word}” yourself? Tell about it."
    else:
        text = "Has something like this happened to you? Tell about it."
    return Asked("own life", text, line.text, rule="own life")


# --- made well --------------------------------------------------------------------
def choice(
    kind: Asks, text: str, *, key: str, others: list[str], evidence: str, rule: str,
    rng: Random, about: str = "",
) -> Asked:  # fmt: skip
    options = [key, *others]
    rng.shuffle(options)
    return Asked(kind, text, evidence, tuple(options), key, rule, about)


def lint(question: Asked, story: str) -> str:
    """What is wrong with a question; nothing if it may be asked."""
    if question.evidence not in story:
        return "evidence"
    if not question.options:
        return "" if question.kind == "own life" else "options"
    if len(question.options) < 3 or question.key not in question.options:
        return "options"
    if len({option.casefold() for option in question.options}) < len(question.options):
        return "doubled"
    lengths = sorted(len(option) for option in question.options)
    if len(question.key) == lengths[-1] and lengths[-1] > 1.6 * max(lengths[-2], 6):
        return "longest"
    return ""


def is_telling(line: Line) -> bool:
    return line.source in ("model", "begun", "teacher") and is_short(line.text)


def is_short(text: str) -> bool:
    return 5 <= len(words_of(text)) <= 18 and "“" not in text


def near(key: str, others: list[str]) -> list[str]:
    """Those whose length gives nothing away."""
    ranked = sorted(others, key=lambda other: abs(len(other) - len(key)))
    return ranked[: OPTIONS - 1]


def unlike(texts: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for text in texts:
        if not any(alike(text, other) for other in kept):
            kept.append(text)
    return kept
