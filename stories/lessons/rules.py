"""What may be asked of a story that a pupil writes in a class."""

from django.utils.translation import gettext as _

from stories import tasks
from stories.lessons import letters
from stories.lessons.models import Lesson, Turn, Writing
from stories.models import Passage, Story
from stories.services.refused import Refused
from stories.services.rules import Rules


class InClass(Rules):
    settings = ("title",)
    most = 200
    characters = 4000

    def may_write(self, story: Story) -> None:
        if writing_of(story) == Writing.NONE:
            raise Refused("not_allowed", _("This story is for reading and answering."))

    def may_ask(self, story: Story) -> None:
        if writing_of(story) != Writing.HELPED:
            raise Refused("not_allowed", _("Your teacher wants your own words here."))

    def usual_tone(self, story: Story) -> str:
        return ""  # a profile is not looked at, and no mood is aimed at

    def queue(self, passage: Passage) -> None:
        tasks.write_turn.delay(passage.pk)

    def worry(self, story: Story) -> None:
        turn = Turn.objects.select_related("reading__pupil").get(pk=story.turn_id)
        letters.worry(pupil=turn.reading.pupil)


IN_CLASS = InClass()


def writing_of(story: Story) -> str:
    lesson = Lesson.objects.filter(tales__readings__turns=story.turn_id)
    return lesson.values_list("writing", flat=True).get()
