import pytest

from tests.factories import PersonFactory
from users.models import Role


@pytest.fixture
def owl(db):
    """Owl keeps the house: an admin."""
    return PersonFactory(
        first_name="Owl",
        email="owl@example.org",
        role=Role.ADMIN,
        is_staff=True,
        is_superuser=True,
    )
