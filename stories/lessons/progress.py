"""How the class is reading: what was read and answered, never how anyone felt.

Nobody is ranked. Each line says what this pupil may need next, and why.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from stories.lessons.models import Answer, Notice, Question, Reading, Tale
from users.classrooms.models import Classroom, Level, Pupil
from users.classrooms.words import MOST_TO_PRACTISE

#: Right answers, of at least so many, at which a word counts as mastered.
MASTERED = 2
#: So many answers before a level is suggested at all.
ENOUGH = 4
HARDER, EASIER = 0.85, 0.5
LAST_READ = 3  # readings a suggestion looks at


@dataclass
class Line:
    """One pupil's row of the table."""

    pupil: Pupil
    given: int = 0
    read: int = 0
    seconds: int = 0
    #: Right and all answers by kind of question.
    kinds: dict[str, list[int]] = field(default_factory=dict)
    met: list[str] = field(default_factory=list)
    mastered: list[str] = field(default_factory=list)
    to_practise: list[str] = field(default_factory=list)
    suggested: str = ""
    why: str = ""
    #: Words that a teacher should read soon, and has not seen to.
    marks: int = 0
    readings: list[Reading] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        return round(self.seconds / 60)

    @property
    def next_words(self) -> list[str]:
        """To practise from now on: less what is mastered, and what went wrong."""
        kept = [word for word in self.pupil.practise if word not in self.mastered]
        new = [word for word in self.to_practise if word not in kept]
        return (kept + new)[:MOST_TO_PRACTISE]

    @property
    def is_news(self) -> bool:
        """Whether the profile would change by it."""
        now = (self.pupil.level, self.pupil.practise)
        return now != (self.suggested, self.next_words)

    @property
    def suggested_name(self) -> str:
        return str(Level(self.suggested).label)

    @property
    def right(self) -> int:
        return sum(right for right, _all in self.kinds.values())

    @property
    def answered(self) -> int:
        return sum(count for _right, count in self.kinds.values())

    @property
    def percent(self) -> int | None:
        return round(100 * self.right / self.answered) if self.answered else None


def of_class(classroom: Classroom) -> list[Line]:
    """Five queries, however large the class is."""
    return lines_of(classroom, classroom.pupils.all())


def of_pupil(pupil: Pupil) -> Line:
    return lines_of(pupil.classroom, [pupil])[0]


def lines_of(classroom: Classroom, pupils: Iterable[Pupil]) -> list[Line]:
    lines = {pupil.pk: Line(pupil) for pupil in pupils}
    given = Tale.objects.filter(
        lesson__classroom=classroom, review="assigned"
    ).values_list("pk", "pupil")
    for _tale, pupil_id in given:
        for pk in [pupil_id] if pupil_id else lines:
            if pk in lines:
                lines[pk].given += 1
    readings = Reading.objects.filter(pupil__in=lines).select_related("tale__lesson")
    answers = (
        Answer.objects.filter(reading__pupil__in=lines)
        .select_related("question", "reading__tale")
        .order_by("created_at")
    )
    by_pupil: dict[int, list[Answer]] = defaultdict(list)
    for answer in answers:
        lines[answer.reading.pupil_id].answers.append(answer)
        if answer.right is not None:
            by_pupil[answer.reading.pupil_id].append(answer)
    notices = Notice.objects.open().filter(pupil__in=lines)
    for pupil_id, count in notices.values_list("pupil", "count"):
        lines[pupil_id].marks = count
    for reading in readings.order_by("opened_at"):
        take_reading(lines[reading.pupil_id], reading)
    for pk, line in lines.items():
        take_answers(line, by_pupil[pk])
        line.suggested, line.why = next_level(line.pupil, by_pupil[pk])
    return list(lines.values())


def take_reading(line: Line, reading: Reading) -> None:
    line.readings.append(reading)
    line.read += reading.answered_at is not None
    line.seconds += reading.seconds
    for entry in reading.tale.glossary:
        if entry["word"] not in line.met:
            line.met.append(entry["word"])


def take_answers(line: Line, answers: list[Answer]) -> None:
    right_of: dict[str, list[bool]] = defaultdict(list)
    for answer in answers:
        right, count = line.kinds.get(answer.question.kind, [0, 0])
        line.kinds[answer.question.kind] = [right + bool(answer.right), count + 1]
        if answer.question.word:
            right_of[answer.question.word].append(bool(answer.right))
    for word, results in right_of.items():
        if sum(results) >= MASTERED and results[-1]:
            line.mastered.append(word)
        elif not results[-1]:
            line.to_practise.append(word)


def next_level(pupil: Pupil, answers: list[Answer]) -> tuple[str, str]:
    """A level and the reason for it, from the last few stories that were answered.

    It is told from the level at which the last one was read, and from answers at that
    level only: two steps up need two times of reading well.
    """
    recent = list(dict.fromkeys(a.reading_id for a in reversed(answers)))[:LAST_READ]
    base = read_at(pupil, answers[-1]) if answers else pupil.level
    chosen = [
        a for a in answers if a.reading_id in recent and read_at(pupil, a) == base
    ]
    right = sum(bool(a.right) for a in chosen)
    if len(chosen) < ENOUGH:
        return base, _("too few answers to tell")
    share, levels = right / len(chosen), list(Level.values)
    at = levels.index(base)
    said = {"right": right, "all": len(chosen)}
    if share >= HARDER and at + 1 < len(levels):
        return levels[at + 1], _("%(right)d of %(all)d right: ready for more") % said
    if share < EASIER and at:
        return levels[at - 1], _("%(right)d of %(all)d right: an easier text") % said
    return base, _("%(right)d of %(all)d right: stay here") % said


def read_at(pupil: Pupil, answer: Answer) -> str:
    """The level of the pupil's own story; the class's story tells nothing of theirs."""
    tale = answer.reading.tale
    return tale.level if tale.pupil_id == pupil.pk else pupil.level


def kinds_of_class(lines: list[Line]) -> list[tuple[str, str, int, int]]:
    """(kind, its name, right, all) over the whole class, for the chart."""
    table = []
    for kind in Question.Kind:
        right = sum(line.kinds.get(kind, [0, 0])[0] for line in lines)
        count = sum(line.kinds.get(kind, [0, 0])[1] for line in lines)
        if count:
            table.append((kind.value, str(kind.label), right, count))
    return table


def words_to_practise(lines: list[Line]) -> list[str]:
    """What most pupils got wrong last comes first: the next lesson's default."""
    count: dict[str, int] = defaultdict(int)
    for line in lines:
        for word in line.to_practise:
            count[word] += 1
    return sorted(count, key=lambda word: -count[word])


def take_over(line: Line) -> None:
    """Make the suggestion the pupil's own: the next story starts from it."""
    pupil = line.pupil
    pupil.level, pupil.practise = line.suggested, line.next_words
    pupil.save(update_fields=["level", "practise"])
