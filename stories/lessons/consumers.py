"""The editor's socket in a class: fewer things can be said, and nothing is streamed."""

from stories.consumers import StoryConsumer, in_thread
from stories.lessons.models import Turn
from stories.messages import PASSAGE, Needs, number, setting, text
from stories.models import Story
from users.models import Role

#: No tone can be asked for, no feeling told, no thumb given: nothing learns here.
TYPES = {
    "passage.request": Needs({"mode": text}, may={"text": text, "parent": number}),
    "passage.stop": Needs(PASSAGE, keyed=False),
    "passage.retry": Needs(PASSAGE, may={"direction": text}),
    "passage.edit": Needs(PASSAGE | {"text": text, "was": number}),
    "passage.delete": Needs(PASSAGE),
    "passage.choose": Needs(PASSAGE),
    "story.undo": Needs(),
    "story.redo": Needs(),
    "story.set": Needs({"field": text, "value": setting}),
    "story.check": Needs(keyed=False),
}


def find_turn(person, story_id) -> Story | None:
    """What this pupil may write on now: gone as soon as the teacher takes it back."""
    if person.role != Role.PUPIL:
        return None
    turns = Turn.objects.open_to(person.pupil)
    return Story.objects.filter(pk=story_id, turn__in=turns).first()


class TurnConsumer(StoryConsumer):
    find = staticmethod(find_turn)
    types = TYPES

    async def story_event(self, message):
        """What came too late is not shown; a passage comes whole or not at all."""
        if self.story is None or message["event"]["type"] == "passage.chunk":
            return
        if await in_thread(find_turn)(self.person, self.story.pk) is None:
            await self.send_state()  # which says that it is gone
            return
        await super().story_event(message)
