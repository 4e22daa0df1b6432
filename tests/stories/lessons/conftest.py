import pytest

from stories.lessons import making, reading, services, turns
from tests.factories import ClassroomFactory, LessonFactory, PupilFactory, TaleFactory
from tests.stories.lessons.scribe import Scribe


@pytest.fixture
def scribe(monkeypatch):
    """The engine of this test's lessons."""
    engine = Scribe()
    monkeypatch.setattr(making, "open_engine", lambda: engine)
    monkeypatch.setattr(turns, "open_engine", lambda: engine)
    return engine


@pytest.fixture
def room(robin):
    return ClassroomFactory(teacher=robin)


@pytest.fixture
def mira(room):
    return PupilFactory(
        classroom=room, nickname="Mira", pronoun="she", interests=["old trains"]
    )


@pytest.fixture
def lesson(room):
    return LessonFactory(classroom=room, goal="Being brave in the dark")


@pytest.fixture
def tale(lesson, mira):
    """Given out to Mira."""
    return TaleFactory(lesson=lesson, pupil=mira, review="assigned")


@pytest.fixture
def allow(lesson):
    """What the teacher lets pupils do when they have read."""

    def allow(writing):
        lesson.writing = writing
        lesson.save()

    return allow


@pytest.fixture
def page(tale, mira):
    """The page on which Mira writes how the story goes on."""
    read = reading.open_tale(tale=tale, pupil=mira)
    return reading.open_turn(reading=read)


@pytest.fixture
def make(scribe):
    """Have all stories of a lesson made, as its task would."""

    def make(lesson):
        services.make_tales(lesson=lesson)
        making.make(lesson.pk)
        lesson.refresh_from_db()
        return list(lesson.tales.all())

    return make
