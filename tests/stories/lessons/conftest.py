import pytest

from stories.lessons import making, services, turns
from tests.factories import ClassroomFactory, LessonFactory, PupilFactory
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
def make(scribe):
    """Have all stories of a lesson made, as its task would."""

    def make(lesson):
        services.make_tales(lesson=lesson)
        making.make(lesson.pk)
        lesson.refresh_from_db()
        return list(lesson.tales.all())

    return make
