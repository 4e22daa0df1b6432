"""What the tables of lessons mean to a teacher and to a pupil."""

from stories.lessons.models import (
    Answer,
    Lesson,
    Look,
    Notice,
    Question,
    Reading,
    Tale,
    Turn,
)
from users import privacy


def leave_to_class(rows) -> None:
    """A lesson belongs to its class; only the name of who planned it goes."""
    rows.update(teacher=None)


privacy.register(
    Lesson, owner="teacher", export=privacy.without("lease"), erase=leave_to_class
)
privacy.register(Tale, owner="pupil__account")
privacy.register(Question, owner="tale__pupil__account")
privacy.register(Reading, owner="pupil__account")
privacy.register(Answer, owner="reading__pupil__account")
privacy.register(Turn, owner="reading__pupil__account")
#: That words were marked is told; what adults made of it is for them to tell.
privacy.register(
    Notice,
    owner="pupil__account",
    export=privacy.without("seen_by_id", "outcome", "by_model"),
)
privacy.register(Look, owner="teacher")
