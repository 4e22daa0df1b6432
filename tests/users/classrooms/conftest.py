import pytest

from tests.factories import ClassroomFactory


@pytest.fixture
def room(robin):
    """Robin's class."""
    return ClassroomFactory(teacher=robin, name="The Kestrels")
