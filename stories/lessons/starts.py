"""What each pupil's next story starts from: their profile, or what they need next."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from stories.lessons import progress
from stories.lessons.models import Lesson
from users.classrooms.models import Level, Pupil


@dataclass(frozen=True)
class Start:
    pupil: Pupil
    level: str
    practise: list[str]
    why: str

    @property
    def level_name(self) -> str:
        return str(Level(self.level).label)


def of(lesson: Lesson) -> list[Start]:
    """One for each pupil of the class, as the plan has it."""
    return [start_of(lesson, line) for line in progress.of_class(lesson.classroom)]


def start_of(lesson: Lesson, line: progress.Line) -> Start:
    pupil = line.pupil
    level, practise, why = pupil.level, list(pupil.practise), _("their profile")
    if lesson.own_needs:
        level, practise, why = line.suggested, line.next_words, line.why
    if not lesson.own_level:
        level, why = lesson.level, _("one level for all")
    return Start(pupil, level, practise, why)
