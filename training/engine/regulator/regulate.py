"""One passage, written block by block towards a target."""

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import median

from training.engine.base import (
    AdapterRef,
    Engine,
    Kin,
    Liking,
    Piece,
    Prompt,
    PromptTooLong,
    Sampling,
)
from training.engine.guide.measure import Guide, Raw, Reading
from training.engine.regulator.blocks import LEAST_WORDS
from training.engine.regulator.draw import Candidate, continued, draw
from training.engine.regulator.fit import COHERENCE, Ear, coherence, told_words
from training.engine.regulator.gates import Gates
from training.engine.regulator.pace import Budget
from training.engine.regulator.shown import Shown
from training.engine.regulator.target import Layers, Target

#: A block that fits a tone less than this is drawn once more, if that layer is on. One
#: that fits more is as good as any: still more pleases the guide, and nobody else.
FITTING = 0.35
#: When fewer tokens than this are left after a whole sentence, the passage is over.
TOO_FEW = 10
#: What an unfinished sentence costs a candidate.
UNENDED = 0.5
#: What it costs to be over with the first sentence: nothing could make up for it.
EARLY = 0.5
#: What it is worth to be the first to call somebody of the story by name.
NAMED = 0.4
#: What a nat a token of the model's own surprise costs: what it knows how to go on
#: with hangs together.
SURPRISE = 0.8
#: What it is worth to be bright where the tone is, or dark: a reader who does not hear
#: the tone still hears that.
SIDE = 1.2
#: What it is worth to be what this person would rather read (see `Engine.likes`).
LIKING = 0.3
#: Nats a token above the usual candidate, beyond which words no longer hang together.
STRANGE = 0.8
#: Faults that nothing makes up for.
NEVER = frozenset({"avoided", "empty"})
#: The first block is shown as soon as may be.
FIRST_WORDS = 4
#: With fewer there is hardly a choice.
LEAST_CHOICE = 3
#: When this share of the candidates has ended without fault, the others are let go: a
#: block takes as long as its longest candidate, and few of the longest are chosen.
ENOUGH = 0.66
#: First words as far on the tone's side as this, which the model knows as well as this
#: (nats a token; nine in ten are below 0.8), need not wait for others.
SETTLED = 0.5
KNOWN = 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it, for the person to see."""

    met: bool | None
    reading: Reading
    layers: tuple[str, ...] = ()
    #: Most candidates that were drawn for a block.
    candidates: int = 1
    retried: bool = False
    #: What even the best candidate of some block did wrong.
    faults: tuple[str, ...] = ()


class Regulated:
    """Yields pieces like an engine; afterwards `outcome` tells how it went.

    Without a target it keeps the gates, for a person who avoids some words, and chooses
    what this person likes, where that is known.
    """

    def __init__(
        self,
        engine: Engine,
        guide: Guide,
        prompt: Prompt,
        sampling: Sampling,
        *,
        target: Target | None,
        layers: Layers | None = None,
        gates: Gates | None = None,
        budget: Budget | None = None,
        hears: tuple[float, float] = (0.0, 0.0),
        adapters: Sequence[AdapterRef] = (),
        likes: Liking | None = None,
    ) -> None:
        self.engine = engine
        #: All blocks go on from one prompt: it is read once.
        self.prompt = replace(prompt, kin=Kin())
        self.sampling = sampling
        self.target = target
        self.layers = layers or Layers()
        self.gates = gates or Gates()
        self.budget = budget
        self.adapters = adapters
        self.likes = likes
        self.ear = Ear(guide, target, hears)
        self.outcome: Outcome | None = None
        self.text = ""
        self.raws: list[Raw] = []
        self.tokens = 0
        self._told = told_words(self.gates.before)
        self._shown = Shown()
        self._blocks = 0
        self._retried = False
        self._most = 1
        self._faults: set[str] = set()

    def pieces(self) -> Generator[Piece, None, None]:
        while True:
            left = self.sampling.max_tokens - self.tokens
            if left < (TOO_FEW if self.text else 1):
                break
            began = time.monotonic()
            try:
                best, drawn = yield from self.block(left)
            except PromptTooLong:
                if not self.text:
                    raise
                break
            seconds = time.monotonic() - began
            if self.budget:
                self.budget.learn(drawn, len(best.text.split()), seconds)
            # The first words come at once; later ones last until the next are there.
            drip = self.budget if self.text else None
            self.accept(best)
            lasts = drip.expected(self.count()) if drip else 0.0
            overdue = self._shown.put(best.text, lasts)
            yield Piece(overdue + self._shown.due(), self.tokens)
            if best.last or not best.text:
                break
        self.outcome = self.result()
        ended = bool(self.text) and best.finish in ("end", "stop")
        yield Piece(self._shown.rest(), self.tokens, "end" if ended else "length")

    def count(self) -> int:
        """Candidates for the next block; greedy ones would all be the same. Where only
        the gates are to be kept, others are drawn once one has failed."""
        pursued = self.target or self.likes
        if not self.sampling.temperature or not pursued:
            return 1
        most = self.layers.candidates
        if not self.text:
            on_arc = self.target is not None and self.target.on_arc
            first = LEAST_CHOICE if on_arc else self.layers.first
            most = min(most, first)
        return self.budget.candidates(most) if self.budget else most

    def block(self, left: int) -> Generator[Piece, None, tuple[Candidate, int]]:
        """The best next block, and of how many."""
        count = self.count()
        drawn = yield from self.round(count, left)
        best = self.best(drawn)
        if self.may_retry(count, best) and self.poor(best):
            self._retried = True
            drawn += yield from self.round(max(count, LEAST_CHOICE), left)
            best = self.best(drawn)
        return best, len(drawn)

    def may_retry(self, count: int, best: Candidate) -> bool:
        """Once a passage; not while somebody waits for its first words, but for words
        that may never stand there."""
        if not self.sampling.temperature:
            return False
        if self.target is None:
            return True
        waits = not self.text and NEVER.isdisjoint(best.faults)
        return self.layers.retry and not self._retried and count > 1 and not waits

    def round(self, count: int, left: int) -> Generator[Piece, None, list[Candidate]]:
        """Draw, and meanwhile show what was chosen before."""
        self._blocks += 1
        self._most = max(self._most, count)
        drawing = draw(
            self.engine,
            continued(self.prompt, self.text),
            self.sampling,
            [self.seed(number) for number in range(count)],
            left,
            self.judge,
            partial(self.enough, of=count),
            self.adapters,
            LEAST_WORDS if self.text else FIRST_WORDS,
        )
        while True:
            try:
                next(drawing)
            except StopIteration as done:
                return done.value
            yield Piece(self._shown.due(), self.tokens)

    def seed(self, number: int) -> int:
        """Different dice for every candidate, the same for the same passage."""
        return (self.sampling.seed * 1_000_003 + self._blocks * 64 + number) % 2**63

    def best(self, drawn: list[Candidate]) -> Candidate:
        """The best of those without fault, or else the least faulty."""
        usual = median(candidate.odd for candidate in drawn)
        for candidate in drawn:
            strange = candidate.odd > usual + STRANGE and len(drawn) > 2
            if strange and "strange" not in candidate.faults:
                candidate.faults += ("strange",)
        return max(drawn, key=lambda one: (-weight(one.faults), one.score))

    def enough(self, drawn: Sequence[Candidate], of: int) -> bool:
        """Whether to choose among these. First words come from whoever is there first,
        if they are what was asked for, and nothing is known of what this person likes.
        """
        fine = [one for one in drawn if one.fine]
        tone_only = self.target is not None and not self.target.on_arc
        hurried = not self.text and tone_only and not self.likes
        if hurried and any(map(settled, fine)):
            return True
        return len(fine) >= ENOUGH * of

    def judge(self, one: Candidate) -> None:
        """Work out how good a candidate is."""
        one.faults = self.gates.faults(self.text, one.text)
        one.heard = self.ear.raw(one.text)
        one.fit = self.ear.fit(self.raws, one.heard)
        strength = self.target.strength if self.target else 0.0
        if self.target and self.target.on_arc:  # nearer is better, however near
            one.score = strength * one.fit
        else:
            one.side = self.ear.side(self.raws, one.heard)
            wanted = min(one.fit, FITTING) + SIDE * one.side
            one.score = strength * wanted - SURPRISE * one.odd
            if one.last and not self.text:
                one.score -= EARLY
        one.score += COHERENCE * coherence(self._told, one.text)
        if self.likes:
            one.score += LIKING * self.likes(one.text)
        if self.gates.first_name(self.text, one.text):
            one.score += NAMED
        if not one.ends_well:
            one.score -= UNENDED

    def poor(self, best: Candidate) -> bool:
        return bool(best.faults) or (self.target is not None and best.fit < FITTING)

    def accept(self, best: Candidate) -> None:
        self.text += best.text
        self.tokens += best.tokens
        self.raws += best.heard
        self._told |= told_words(best.text)
        self._faults |= set(best.faults)

    def result(self) -> Outcome:
        guide = self.ear.guide
        reading = guide.measure(self.text)
        used = ["candidates"] if self._most > 1 else []
        used += ["contrast"] if self.prompt.contrast else []
        used += ["retry"] if self._retried else []
        return Outcome(
            met=self.target.met_by(shifted(reading, self.ear.hears))
            if self.target
            else None,
            reading=reading,
            layers=tuple(used),
            candidates=self._most,
            retried=self._retried,
            faults=tuple(sorted(self._faults)),
        )


def settled(one: Candidate) -> bool:
    """Whether first words need not wait for others to choose from."""
    fits = one.fit >= FITTING and one.side >= SETTLED
    return fits and one.odd <= KNOWN and not one.last


def weight(faults: Sequence[str]) -> int:
    """A word that a person wants to avoid is worse than anything else."""
    return len(faults) + 5 * len(NEVER.intersection(faults))


def shifted(reading: Reading, hears: tuple[float, float]) -> Reading:
    """The reading as this person would put it."""
    if not reading.measured or hears == (0.0, 0.0):
        return reading
    assert reading.valence is not None and reading.energy is not None
    return Reading(
        measured=True,
        valence=max(-1.0, min(1.0, reading.valence + hears[0])),
        energy=max(-1.0, min(1.0, reading.energy + hears[1])),
        tones=reading.tones,
        confidence=reading.confidence,
    )
