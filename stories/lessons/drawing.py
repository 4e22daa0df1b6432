"""Candidates for one sentence: drawn side by side, checked, and the best one taken."""

import re
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from stories.lessons import prompts
from stories.lessons.level import CENTRES, grade_of
from stories.lessons.screening import is_unsuitable
from stories.lessons.sentences import is_whole, split, words_of
from stories.lessons.values import Line, Source, Wish
from stories.lessons.words import alike, holds, times
from training.engine import Engine, Prompt, Sampling

CANDIDATES = 8
#: Of these, so many are not begun for the model: one that understands needs no help.
UNAIDED = 2
TOKENS = 40
TEMPERATURE, TOP_P = 0.6, 0.9
#: Words of a sentence: fewer say nothing, more are lost on a child.
SHORTEST, LONGEST = 4, 30
#: For who has just begun to read, long sentences are what makes a text too hard.
LONGEST_AT = {"starter": 11}
#: Words the model must add to a beginning.
LEAST_ADDED = 3
PRONOUNS = {
    "she": {"she", "her", "hers", "herself"},
    "he": {"he", "him", "his", "himself"},
}
#: What no plain story needs; the hero's own nickname may have a number.
_ODD = re.compile(r"[^\w\s.,;:!?…'’“”\"()—–-]|[_\d]")


class Stopped(Exception):
    """Somebody asked for the work to end."""


@dataclass(frozen=True)
class Candidate:
    text: str
    score: float
    source: Source


class Drawer:
    """Draws sentences for one story. It passes the engine no adapter, ever."""

    def __init__(
        self, engine: Engine, wish: Wish, pool: Executor, stop: Callable[[], bool]
    ):
        self.engine, self.wish, self.pool, self.stop = engine, wish, pool, stop
        self.seed = wish.seed
        self.spare: list[str] = []

    def best(
        self,
        told: list[Line],
        stems: list[str],
        *,
        use: str = "",
        part: str = "middle",
        direction: str = "",
    ) -> Line | None:
        """The best whole sentence of all that were drawn, or None if none will do.

        `stems`: beginnings, "" for none. `use`: a word that must be in it.
        """
        if self.stop():
            raise Stopped
        asked = self.asks(told, stems, use, **{"part": part, "direction": direction})
        drawn = self.pool.map(self.draw, asked, self.seeds(len(asked)))
        found = [
            Candidate(text, self.score(text, told), "begun" if stem else "model")
            for (stem, _prompt), text in zip(asked, drawn, strict=True)
            if text and not self.is_faulty(text, stem, told)
        ]
        if use:
            found = [c for c in found if holds(c.text, use)]
        if not found:
            return None
        best, *rest = sorted(found, key=lambda c: -c.score)
        self.spare += [c.text for c in rest]
        return Line(best.text, best.source)

    def asks(
        self, told: list[Line], stems: list[str], use: str, **asked
    ) -> list[tuple[str, Prompt]]:
        text = plain(" ".join(line.text for line in told))
        begun = (stems * CANDIDATES)[: CANDIDATES - (UNAIDED if use else 0)]
        unaided = asked | {"direction": f"Use the word {use}.", "wanted": use}
        things = tuple(w.word for w in self.wish.words) + self.wish.interests[:1]
        # Names are made likelier to a small model: not again where one just stood.
        due = not name_in(" ".join(line.text for line in told[-1:]), self.wish.hero)
        return [
            (
                stem,
                prompts.prompt(
                    self.wish, told=text, stem=plain(stem), things=things,
                    named=due and not name_in(stem, self.wish.hero), **how,
                ),
            )
            for stem, how in [(stem, asked) for stem in begun]
            + [("", unaided)] * (UNAIDED if use else 0)
        ]  # fmt: skip

    def seeds(self, count: int) -> list[int]:
        self.seed += count
        return [(self.seed * 1_000_003 + n) % 2**31 for n in range(count)]

    def draw(self, asked: tuple[str, Prompt], seed: int) -> str:
        """The first sentence that comes, with its stem."""
        stem, prompt = asked
        sampling = Sampling(
            max_tokens=TOKENS, temperature=TEMPERATURE, top_p=TOP_P, seed=seed
        )
        text = f"{stem} " if stem else ""
        pieces = self.engine.generate(prompt, sampling)
        try:
            for piece in pieces:
                if self.stop():
                    raise Stopped
                text += piece.text
                done = split(curly(text))
                if len(done) > 1:
                    return done[0]
        finally:
            pieces.close()
        return next(iter(split(curly(text))), "")

    # --- judging ------------------------------------------------------------------
    def is_faulty(self, sentence: str, stem: str, told: list[Line]) -> bool:
        words = words_of(sentence)
        hero = re.escape(self.wish.hero)
        return (
            len(words) < len(words_of(stem)) + (LEAST_ADDED if stem else 0)
            or bool(re.search(rf"(?:{hero},? (?:and|or) {hero}|, {hero}, )", sentence))
            or len(re.findall(rf"(?<!\w){hero}(?!\w)", sentence)) > 2
            or not SHORTEST <= len(words) <= LONGEST_AT.get(self.wish.level, LONGEST)
            or not is_whole(sentence)
            or sentence[:1].islower()
            or bool(_ODD.search(sentence.replace(self.wish.hero, "")))
            or is_unsuitable(sentence)
            or any(name_in(sentence, name) for name in self.wish.others)
            or any(alike(sentence, line.text) for line in told)
            or bool(re.search(r"[,;:]”|”\.|[,;:]\.|^\W*(?:And|Or) ", sentence))
            or bool(
                {"I", "me", "my", "My", "we", "We"} & set(words_of(unsaid(sentence)))
            )
            or any(is_misspelt(word, self.wish.hero) for word in words)
            or stutters(words)
        )

    def score(self, sentence: str, told: list[Line]) -> float:
        wish = self.wish
        words = words_of(sentence)
        before = [line.text for line in told]
        had, has = times(wish.words, before), times(wish.words, [*before, sentence])
        points = 2.0 * sum(has[w] > had[w] for w in has)
        points += 2.0 * name_in(sentence, wish.hero)
        points -= 0.6 * abs(grade_of(sentence, (wish.hero,)) - CENTRES[wish.level])
        points -= 4.0 * self.wrong_pronouns(words)
        points -= 1.5 * (sentence.count(wish.hero) - 1)
        known = " ".join([*before, wish.hero])
        points -= 1.5 * sum(
            word[0].isupper() and word != "I" and not re.search(rf"\b{word}\b", known)
            for word in re.findall(r"(?<=[\w,] )[A-Z]\w+", sentence)
        )
        points -= 4.0 * repeated(words, words_of(known))
        return points

    def wrong_pronouns(self, words: list[str]) -> int:
        """ "he" for a hero who is a "she"; for who is "they", both."""
        wrong = set().union(
            *(p for own, p in PRONOUNS.items() if own != self.wish.pronoun)
        )
        return sum(word.lower() in wrong for word in words)


def unsaid(sentence: str) -> str:
    """Without what somebody says in it."""
    return re.sub("“[^”]*”?", " ", sentence)


def name_in(text: str, name: str) -> bool:
    return bool(name) and bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def is_misspelt(word: str, hero: str) -> bool:
    """A name that begins like the hero's and is another: "Yun-sewelled"."""
    own = words_of(hero)
    bare = re.sub(r"[’']s?$", "", word)
    return any(len(o) > 3 and bare[:4] == o[:4] for o in own) and bare not in own


def stutters(words: list[str]) -> bool:
    """A word twice in a row or around an "and", or the same three words twice."""
    low = [word.lower() for word in words]
    if any(low.count(word) > 2 for word in low if len(word) > 4):
        return True
    if any(
        a == c and b in ("and", "or")
        for a, b, c in zip(low, low[1:], low[2:], strict=False)
    ):
        return True
    runs = list(zip(low, low[1:], low[2:], strict=False))
    doubled = any(a == b for a, b in zip(low, low[1:], strict=False) if a != "very")
    return doubled or len(runs) != len(set(runs))


def repeated(words: list[str], before: list[str]) -> float:
    """The share of its runs of three words that were said before."""
    low, old = [w.lower() for w in words], [w.lower() for w in before]
    runs = set(zip(low, low[1:], low[2:], strict=False))
    known = set(zip(old, old[1:], old[2:], strict=False))
    return len(runs & known) / max(1, len(runs))


def plain(text: str) -> str:
    """Quotes as small models have learnt them."""
    return text.translate(str.maketrans("“”‘’", "\"\"''"))


def curly(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"(?<=\w)'(?=\w)|(?<=s)'(?=\s)", "’", text)
    text = re.sub(r'(^|[\s(—–])"(?=\S)', r"\1“", text)
    return text.replace('"', "”").strip()
