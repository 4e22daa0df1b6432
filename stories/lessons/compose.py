"""One learning story: sentence by sentence, each chosen among candidates.

Where the asks are hard (a word, the hero's name, an interest) the sentence is begun
for the model; what it cannot do after that is composed from the teacher's own words
and marked, or told as not reached. Facts are never rewritten: they are quoted.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random

from stories.lessons import level_zh, repairs, stems
from stories.lessons.drawing import CANDIDATES, Drawer, name_in
from stories.lessons.level import measure
from stories.lessons.values import Draft, Line, Report, Wish, Word
from stories.lessons.words import TIMES, interest_in, sentences_with
from training.engine import Engine, EngineError

LENGTHS = {"short": 90, "medium": 150, "long": 240}  # words, at least about
TRIES = 3  # for one sentence that must be there
LEAST_LINES = 3  # that the model wrote: facts and meanings alone are no story

Step = Callable[[int, int], None]


def compose(
    engine: Engine,
    wish: Wish,
    *,
    step: Step = lambda done, of: None,
    stop: Callable[[], bool] = lambda: False,
) -> Draft:
    """Raises EngineError if nothing usable came, Stopped if `stop` said so."""
    with ThreadPoolExecutor(CANDIDATES, "candidates") as pool:
        composer = Composer(wish, Drawer(engine, wish, pool, stop), step)
        return composer.compose()


class Composer:
    def __init__(self, wish: Wish, drawer: Drawer, step: Step):
        self.wish, self.drawer, self.step = wish, drawer, step
        self.rng = Random(wish.seed)
        self.paragraphs: list[list[Line]] = [[]]
        self.facts = list(wish.facts)
        self.told_facts = 0
        self.stems = {
            w.word: stems.stems_for(w, wish.hero, self.rng) for w in wish.words
        }
        self.done = 0
        self.of = 3 + TIMES * len(wish.words) + len(wish.facts)

    def compose(self) -> Draft:
        wish = self.wish
        self.opening()
        for number, word in enumerate(wish.words):
            self.paragraphs.append([])
            self.tell_facts(self.facts_about(word))
            self.hold(word, TIMES - 1)
            rest = len(wish.words) - number
            self.tell_facts(self.facts[: -(-len(self.facts) // rest)])
        self.tell_facts(list(self.facts))
        self.paragraphs.append([])
        for word in wish.words:
            self.hold(word, TIMES)
        self.lengthen()
        self.ending()
        self.paragraphs = [p for p in self.paragraphs if p]
        told = [line for line in self.lines if line.source in ("model", "begun")]
        if len(told) < LEAST_LINES:
            raise EngineError("The model wrote nothing that passed the checks.")
        return self.finished()

    @property
    def lines(self) -> list[Line]:
        return [line for paragraph in self.paragraphs for line in paragraph]

    def add(self, line: Line | None) -> bool:
        if line:
            self.paragraphs[-1].append(line)
            self.done += 1
            self.step(min(self.done, self.of), self.of)
        return line is not None

    # --- its parts ----------------------------------------------------------------
    def opening(self) -> None:
        wish, first = self.wish, next(iter(self.wish.interests), "")
        choices = stems.OPENINGS if first else stems.PLAIN_OPENINGS
        begun = [stems.fill(s, hero=wish.hero, interest=first) for s in choices]
        self.rng.shuffle(begun)
        drawn = self.draw(begun, part="opening", direction=wish.goal)
        if not self.add(drawn):
            said = f"{wish.hero} liked {first}." if first else f"This is {wish.hero}."
            self.add(Line(said, "composed"))
        self.add(self.draw([""], direction=wish.goal))

    def facts_about(self, word: Word) -> list[str]:
        return [f for f in self.facts if sentences_with(word.word, [f])]

    def tell_facts(self, facts: list[str]) -> None:
        for fact in facts:
            self.facts.remove(fact)
            told = stems.told_fact(fact, self.wish.hero, self.told_facts)
            self.told_facts += 1
            self.add(Line(told, "fact"))

    def hold(self, word: Word, times: int) -> None:
        """Sentences with the word until it stands in so many different ones."""
        for attempt in range(TRIES * times):
            texts = [line.text for line in self.lines]
            if len(sentences_with(word.word, texts)) >= times:
                return
            if self.add(self.draw(self.next_stems(word), use=word.word)):
                continue
            if attempt >= TRIES - 1 and word.meaning:
                text = stems.explained(word, self.wish.hero, attempt)
                if all(line.text != text for line in self.lines):
                    self.add(Line(text, "composed"))

    def next_stems(self, word: Word) -> list[str]:
        """Three beginnings not used before, as long as there are any."""
        left = self.stems[word.word]
        begun, self.stems[word.word] = left[:3], left[3:] + left[:3]
        used = " ".join(line.text for line in self.lines)
        fresh = [stem for stem in begun if stem not in used]
        return fresh or begun

    def lengthen(self) -> None:
        for _attempt in range(24):
            words = sum(len(line.text.split()) for line in self.lines)
            if words >= LENGTHS[self.wish.length] - 15:
                return
            if not self.add(self.draw([""], direction=self.wish.goal)):
                return

    def ending(self) -> None:
        feeling = self.rng.choice(stems.FEELINGS)
        reason = stems.fill(stems.REASON, hero=self.wish.hero, feeling=feeling)
        self.add(self.draw([reason], part="ending"))
        self.step(self.of, self.of)

    def draw(self, begun: list[str], **asked) -> Line | None:
        for _attempt in range(TRIES):
            if line := self.drawer.best(self.lines, begun, **asked):
                return line
        return None

    # --- checked --------------------------------------------------------------------
    def finished(self) -> Draft:
        self.paragraphs, repaired = repairs.repair(self.paragraphs, self.wish)
        draft = Draft(title_of(self.wish), self.paragraphs)
        draft.spare = list(dict.fromkeys(self.drawer.spare))
        draft.report = report_on(draft, self.wish, repaired)
        return draft


def title_of(wish: Wish) -> str:
    if not wish.words:
        about = next(iter(wish.interests), "")
        return f"{wish.hero} and {about}" if about else wish.hero
    word = wish.words[0]
    titles = {
        "thing": f"{wish.hero} and the {word.word}",
        "stuff": f"{wish.hero} and {word.word}",
        "action": f"{wish.hero} and what it means to {word.word}",
        "quality": f"{wish.hero}’s {word.word} day",
    }
    return titles[word.kind][:120]


def report_on(draft: Draft, wish: Wish, repaired: int = 0) -> Report:
    return report(draft.text, [line.text for line in draft.lines], wish, repaired)


def report(text: str, sentences: list[str], wish: Wish, repaired: int = 0) -> Report:
    """What was asked against the text as it now stands, whoever wrote it."""
    found = measure(text, (wish.hero,))
    level = {"asked": wish.level, "reached": False}
    if found:
        level |= found.as_json() | {"reached": found.is_in(wish.level)}
    elif chinese := level_zh.measure(text, (wish.hero,)):
        level |= {"chinese": chinese}
    words = {w.word: len(sentences_with(w.word, sentences)) for w in wish.words}
    facts = {fact: fact in text for fact in wish.facts}
    used = next((i for i in wish.interests if interest_in(text, i)), "")
    checks = {
        "level": level["reached"],
        "words": all(count >= TIMES for count in words.values()),
        "hero": name_in(text, wish.hero),
        "interest": bool(used) or not wish.interests,
        "facts": all(facts.values()),
    }
    return Report(
        level=level,
        words=words,
        hero=checks["hero"],
        interest=used,
        facts=facts,
        repairs=repaired,
        missed=[name for name, reached in checks.items() if not reached],
    )
