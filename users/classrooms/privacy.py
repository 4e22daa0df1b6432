"""What a class means to those in it."""

from users import privacy
from users.classrooms.models import Classroom, FamilyLink, Pupil, Teaching


def taught_only_by(person):
    return Classroom.objects.taught_only_by(person)


def erase_classes(rows) -> None:
    """A class that nobody teaches any more goes, and its pupils' accounts with it."""
    for classroom in list(rows):
        for pupil in classroom.pupils.select_related("account"):
            privacy.erase(pupil.account)
        classroom.delete()


privacy.register(Pupil, owner="account")
privacy.register(FamilyLink, owner="pupil__account", export=privacy.without("token"))
privacy.register(Teaching, owner="teacher")
privacy.register(Classroom, owner=taught_only_by, erase=erase_classes)
