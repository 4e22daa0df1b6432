"""Writing one passage: claim it, let the engine work, save and show what comes.

No transaction is open while the engine works; every save names the lease (holding.py).
This is the only writer that speaks with a person's voice, knows their profile and
reads moods: what is written in a class is none of its business (lessons/turns.py).
"""

import logging
import re
import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from stories import events, prompts, tree
from stories.arcs import targets, tones, voice
from stories.blind.speaking import speaking_of
from stories.genres import told_in
from stories.holding import Holder, claim, release
from stories.models import (
    Creativity,
    Form,
    Length,
    Mode,
    Passage,
    Status,
)
from training.engine import Engine, EngineError, Prompt, Sampling
from training.services import engine as open_engine
from training.services import measure
from training.voices import Speaking
from users.services import PromptProfile, profile_for_prompt

logger = logging.getLogger(__name__)

SHOW_EVERY = 0.05  # seconds between chunks, the first one aside
SAVE_EVERY = 0.4  # ... and between saves, which also look for a wish to stop
WRITING_DEAD_AFTER = timedelta(seconds=5)
QUEUED_DEAD_AFTER = timedelta(seconds=60)

TOKENS = {Length.SHORT: 80, Length.MEDIUM: 160, Length.LONG: 320}
DRAWING = {  # temperature, top_p
    Creativity.CAREFUL: (0.3, 0.9),
    Creativity.BALANCED: (0.5, 0.9),
    Creativity.WILD: (0.9, 0.95),
}
SILENT = Speaking()
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # no database takes these


def write(passage_id: int) -> None:
    """Write a queued passage to its end. Returns quietly if it is not to be had."""
    if not Passage.objects.filter(pk=passage_id, story__turn=None).exists():
        return
    trouble = ""
    try:
        engine = open_engine()  # may load a model: the passage is still only queued
    except EngineError as error:
        engine, trouble = None, str(error)
    passage = claim(passage_id)
    if passage is None:
        return
    writer = Writer(passage)
    try:
        if engine is None:
            raise EngineError(trouble)
        writer.write(engine)
    except EngineError as error:
        writer.finish(Status.FAILED, str(error))
    except Exception as error:
        # Only the kind of error: its message may hold a person's words.
        logger.error("passage %s failed: %s", passage_id, type(error).__name__)
        writer.finish(Status.FAILED, _("Something went wrong. Please try again."))


class Writer(Holder):
    """Writes one passage as its person would, and shows it while it comes."""

    def __init__(self, passage: Passage):
        super().__init__(passage)
        self.saved = 0  # characters of it that the database has
        self.shown = 0  # ... and that were published
        self.saved_at = time.monotonic()
        self.shown_at = 0.0
        self.regulated: Any = None

    def write(self, engine: Engine) -> None:
        passage = self.passage
        self.begin()
        sampling = sampling_for(
            engine,
            length=length_of(passage),
            creativity=passage.story.creativity,
            seed=passage.seed or 0,
        )
        self.aim()
        told = profile_for_prompt(passage.story.owner)
        assembled = assemble(passage, engine, sampling.max_tokens, told)
        # Whose voice it is, the server decides: the story's owner's, and no other.
        speaking = told_in(speaking_of(passage, engine), passage.story, engine)
        self.regulated = voice.of(
            passage,
            engine,
            assembled,
            sampling,
            avoid=told.avoid,
            adapters=speaking.refs,
        )
        self.mine.update(
            tone_asked=passage.tone_asked,
            tone_target=passage.tone_target,
            model=engine.name[:200],
            adapter=speaking.label,
            genre=speaking.genre,
            sampling=asdict(sampling),
            saw=assembled.saw,
            alive_at=timezone.now(),
        )
        release()
        self.follow(engine, assembled.prompt, sampling, speaking)

    def aim(self) -> None:
        """Decide the tone, which may depend on what was written before."""
        target = targets.decide(self.passage)
        self.passage.tone_target = target
        if target:
            self.passage.tone_asked = target["tone"]

    def follow(
        self,
        engine: Engine,
        prompt: Prompt,
        sampling: Sampling,
        speaking: Speaking = SILENT,
    ) -> None:
        if self.regulated:
            pieces = self.regulated.pieces()
        else:
            pieces = engine.generate(prompt, sampling, speaking.refs)
        try:
            for piece in pieces:
                self.take(piece.text, prompt.is_open)
                self.tokens = piece.tokens or self.tokens
                if not self.keep_going():
                    return
        finally:
            pieces.close()  # frees our place in the engine's batch
        self.text = self.text.rstrip()
        self.finish(Status.FINISHED)

    def take(self, text: str, is_open: bool) -> None:
        text = UNSTORABLE.sub("", text)
        # Only the continuation of half a sentence may begin with its space.
        self.text += text if self.text or is_open else text.lstrip()

    def keep_going(self) -> bool:
        """Show and save what is due. False: asked to stop, or no longer ours."""
        now = time.monotonic()
        save_due = now - self.saved_at >= SAVE_EVERY
        if len(self.text) > self.shown and (
            save_due or now - self.shown_at >= SHOW_EVERY
        ):
            self.show(now)
        if not save_due:
            return True
        if not self.live(text=self.text, tokens=self.tokens):
            return False
        self.saved, self.saved_at = len(self.text), now
        if self.is_unwanted:
            self.finish(Status.STOPPED)
            return False
        release()
        return True

    def show(self, now: float) -> None:
        chunk = events.PassageChunk(
            self.passage.pk, self.saved, self.text[self.saved :]
        )
        events.publish(self.passage.story_id, chunk)
        self.shown, self.shown_at = len(self.text), now

    def finish(self, status: Status, error: str = "", **found: Any) -> None:
        """Save the whole text and what it feels like, and give the lease back."""
        outcome = self.regulated and self.regulated.outcome
        super().finish(
            status,
            error,
            tone_measured=_tone_of(self.text, self.passage),
            tone_outcome=outcome and voice.outcome_as_json(outcome),
            **found,
        )


def length_of(passage: Passage) -> str:
    """The options of a turning point are short: they are read side by side."""
    return Length.SHORT.value if passage.turn else passage.story.length


def sampling_for(
    engine: Engine, *, length: str, creativity: str, seed: int
) -> Sampling:
    temperature, top_p = DRAWING[Creativity(creativity)]
    return Sampling(
        max_tokens=min(TOKENS[Length(length)], engine.context // 3),
        temperature=temperature,
        top_p=top_p,
        seed=seed,
    )


def assemble(
    passage: Passage, engine: Engine, room: int, told: PromptProfile | None = None
) -> prompts.Assembled:
    """What the model will see: this story's path and its owner's own words only."""
    story = passage.story
    told = told or profile_for_prompt(story.owner)
    path = tree.tail(passage=passage, limit=engine.context // 20)
    return prompts.fit(
        engine=engine,
        room=room,
        story=prompts.Settings(
            title=story.title,
            form=Form(story.form).value,
            level=story.level,
            teller=story.teller,
            note=story.note,
            length=length_of(passage),
        ),
        profile=prompts.About(values=told.values, avoid=told.avoid),
        experiences=[
            prompts.Lived(e.id, e.what, e.when, e.where, e.who, e.felt)
            for e in told.experiences
        ],
        path=[prompts.Told(p.text, p.author, targets.told_tone(p)) for p in path],
        ask=prompts.Ask(
            direction=passage.direction if passage.mode == Mode.DIRECT else "",
            tone=targets.tone_for_prompt(passage),
            feeling=(passage.tone_target or {}).get("words", ""),
        ),
    )


def _tone_of(text: str, passage: Passage) -> dict | None:
    """What it was measured to feel like; a passage is finished without, if need be."""
    try:
        own = tones.own_tone(passage.story.owner_id, passage.tone_asked)
        return measure(text, own)
    except Exception as error:
        logger.warning("a tone could not be read: %s", type(error).__name__)
        return None
