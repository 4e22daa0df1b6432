"""What may be asked of a story, by where it is written.

The story itself says which rules hold, so that no door can forget to ask: these are
of a person's own stories; those of a class are in stories/lessons/rules.py.
"""

from django.conf import settings

from stories import tasks
from stories.models import Passage, Story
from stories.services.tones import tone_for
from stories.tree import MOST


class Rules:
    settings: tuple[str, ...] = (
        "title",
        "form",
        "teller",
        "level",
        "tone",
        "strength",
        "note",
        "length",
        "creativity",
        "show_authors",
    )
    #: Passages of one story, deleted ones included.
    most = MOST

    @property
    def characters(self) -> int:
        return settings.PASSAGE_CHARACTERS

    def may_write(self, story: Story) -> None:
        """Raises `Refused` where nothing may be changed any more."""

    def may_ask(self, story: Story) -> None:
        """Raises `Refused` where the model may not write."""

    def usual_tone(self, story: Story) -> str:
        return tone_for(story)

    def queue(self, passage: Passage) -> None:
        tasks.write_passage.delay(passage.pk)

    def worry(self, story: Story) -> None:
        """Words that sound like a crisis were written: help is shown, that is all."""


OWN = Rules()


def rules_of(story: Story) -> Rules:
    if story.turn_id is None:
        return OWN
    from stories.lessons.rules import IN_CLASS  # it knows us

    return IN_CLASS
