"""What a teacher may ask of a class. Each verb raises ValidationError with a sentence
for the person; fetching (`taught_by`) has already said that the class is theirs.
"""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from users import privacy
from users.classrooms import codes, words
from users.classrooms.models import (
    Classroom,
    FamilyLink,
    Level,
    Pronoun,
    Pupil,
    Support,
    Teaching,
    may_teach,
)
from users.models import User
from users.sessions import end_sessions

MOST_CLASSES = 40
MOST_PUPILS = 60
MOST_TEACHERS = 8


# --- the class --------------------------------------------------------------------
@transaction.atomic
def make_class(
    *,
    teacher: User,
    name: str,
    contact_name: str = "",
    contact_how: str = "",
    contact_email: str = "",
) -> Classroom:
    if not may_teach(teacher):
        raise ValidationError(_("Only a teacher can make a class."))
    if Classroom.objects.taught_by(teacher).active().count() >= MOST_CLASSES:
        raise ValidationError(
            _("You have %(most)d classes, the most we keep. Archive one first.")
            % {"most": MOST_CLASSES}
        )
    room = Classroom(
        name=words.one_line(name),
        contact_name=words.one_line(contact_name),
        contact_how=words.one_line(contact_how),
        contact_email=contact_email.strip(),
    )
    with_new_code(room, room.save)
    Teaching.objects.create(classroom=room, teacher=teacher)
    return room


def with_new_code(room: Classroom, save: Callable[[], None]) -> None:
    """Codes are drawn by chance; in a million years two could be alike."""
    for _attempt in range(5):
        room.code = codes.new_code()
        room.full_clean(exclude=["code"])
        try:
            with transaction.atomic():
                save()
            return
        except IntegrityError:
            continue
    raise ValidationError(_("Please try again."))


def change_class(
    *,
    classroom: Classroom,
    name: str,
    contact_name: str,
    contact_how: str,
    contact_email: str,
    joining: bool,
) -> None:
    classroom.name = words.one_line(name)
    classroom.contact_name = words.one_line(contact_name)
    classroom.contact_how = words.one_line(contact_how)
    classroom.contact_email = contact_email.strip()
    classroom.joining = joining
    classroom.full_clean()
    classroom.save()


def change_code(*, classroom: Classroom) -> None:
    """The old cards open nothing any more; who is in stays in."""
    with_new_code(classroom, lambda: classroom.save(update_fields=["code"]))


@transaction.atomic
def archive_class(*, classroom: Classroom) -> None:
    """Nothing is lost; pupils are logged out until it is opened again."""
    classroom.archived_at = timezone.now()
    classroom.save(update_fields=["archived_at"])
    for pupil in classroom.pupils.select_related("account"):
        end_sessions(pupil.account)


def unarchive_class(*, classroom: Classroom) -> None:
    classroom.archived_at = None
    classroom.save(update_fields=["archived_at"])


# --- those who teach it --------------------------------------------------------------
@transaction.atomic
def add_teacher(*, classroom: Classroom, email: str) -> Teaching:
    Classroom.objects.select_for_update().get(pk=classroom.pk)
    if classroom.teachings.count() >= MOST_TEACHERS:
        raise ValidationError(
            _("A class has at most %(most)d teachers.") % {"most": MOST_TEACHERS}
        )
    teacher = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if teacher is None or not may_teach(teacher):
        raise ValidationError(
            _("No teacher has this e-mail. An admin grants the teacher role.")
        )
    return Teaching.objects.get_or_create(classroom=classroom, teacher=teacher)[0]


@transaction.atomic
def leave_class(*, classroom: Classroom, teacher: User) -> None:
    Classroom.objects.select_for_update().get(pk=classroom.pk)
    if not classroom.teachings.exclude(teacher=teacher).exists():
        raise ValidationError(
            _("You are its only teacher. Add another one first, or archive it.")
        )
    classroom.teachings.filter(teacher=teacher).delete()


# --- those who learn in it --------------------------------------------------------
@transaction.atomic
def add_pupil(*, classroom: Classroom, nickname: str, **profile) -> Pupil:
    Classroom.objects.select_for_update().get(pk=classroom.pk)
    if classroom.pupils.count() >= MOST_PUPILS:
        raise ValidationError(
            _("A class has at most %(most)d pupils.") % {"most": MOST_PUPILS}
        )
    name = words.nickname(nickname)
    if classroom.pupils.filter(nickname_key=words.key_of(name)).exists():
        raise ValidationError(_("The class has this nickname already."))
    pupil = Pupil(
        classroom=classroom, nickname=name, nickname_key=words.key_of(name), **profile
    )
    pupil.clean_fields(exclude=["account"])
    pupil.account = User.objects.create_pupil(name)
    pupil.save()
    return pupil


@transaction.atomic
def change_pupil(
    *,
    pupil: Pupil,
    nickname: str,
    level: str = Level.EASY,
    pronoun: str = Pronoun.THEY,
    interests: str | list[str] = "",
    support: str = Support.NONE,
    practise: str | list[str] = "",
) -> Pupil:
    name, key = words.nickname(nickname), words.key_of(nickname)
    others = Pupil.objects.filter(classroom=pupil.classroom_id).exclude(pk=pupil.pk)
    if others.filter(nickname_key=key).exists():
        raise ValidationError(_("The class has this nickname already."))
    pupil.nickname, pupil.nickname_key = name, key
    pupil.level, pupil.pronoun, pupil.support = level, pronoun, support
    pupil.interests = words.interests(interests)
    pupil.practise = words.to_practise(practise)
    pupil.clean_fields()
    pupil.save()
    User.objects.filter(pk=pupil.account_id).update(first_name=name)
    return pupil


def reset_pictures(*, pupil: Pupil) -> None:
    """The pupil chooses new ones when they come in next."""
    account = pupil.account
    account.set_unusable_password()
    account.save(update_fields=["password"])
    pupil.joined_at = None
    pupil.save(update_fields=["joined_at"])
    end_sessions(account)


@transaction.atomic
def remove_pupil(*, pupil: Pupil) -> None:
    """The child, their readings and answers go for good."""
    account = pupil.account
    end_sessions(account)
    privacy.erase(account)


# --- families ---------------------------------------------------------------------
@transaction.atomic
def open_family_link(*, pupil: Pupil) -> FamilyLink:
    """A new link; the one before it stops working."""
    close_family_link(pupil=pupil)
    return FamilyLink.objects.create(pupil=pupil, token=codes.new_token())


def close_family_link(*, pupil: Pupil) -> None:
    pupil.family_links.filter(revoked_at=None).update(revoked_at=timezone.now())
