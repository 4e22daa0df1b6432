"""How a pupil comes in: class code, nickname, three pictures."""

from dataclasses import dataclass

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from users.classrooms import codes, limits, pictures, services, words
from users.classrooms.models import Classroom, Pupil

BACKEND = "users.classrooms.backend.PupilBackend"


@dataclass(frozen=True)
class Visitor:
    """Where someone knocks from: the school's address, and one device in it."""

    address: str
    device: str  # "" if its cookie is not there (yet)


class TooMany(ValidationError):
    """Guessed too often: the page answers with 429."""


def find_class(*, code: str, visitor: Visitor) -> Classroom:
    counters = [
        limits.Counter("codes-address", limits.WRONG_CODES_AN_ADDRESS, visitor.address)
    ]
    if visitor.device:
        most = limits.WRONG_CODES_A_DEVICE
        counters.append(limits.Counter("codes-device", most, visitor.device))
    refuse_if_full(counters)
    typed = codes.as_typed(code)
    room = Classroom.objects.active().filter(code=typed).first() if typed else None
    if room is None:
        return wrong(counters, _("No class has this code. Look at your card again."))
    return room


def come_in(*, code: str, nickname: str, chosen: list[str], visitor: Visitor) -> Pupil:
    """The pupil whose pictures these are; who has none yet chooses them so."""
    room = find_class(code=code, visitor=visitor)
    key = words.key_of(nickname)
    whole = limits.Counter("class", limits.WRONG_A_CLASS, str(room.pk), visitor.address)
    one = limits.Counter(
        "pictures", limits.WRONG_PICTURES, str(room.pk), key, visitor.address
    )
    refuse_if_full([whole, one])
    if not pictures.are_pictures(chosen):
        raise ValidationError(_("Choose three pictures, one after the other."))
    pupil = room.pupils.select_related("account").filter(nickname_key=key).first()
    if pupil is None:
        if room.joining:
            return first_time(
                services.add_pupil(classroom=room, nickname=nickname), chosen
            )
        named = limits.Counter(
            "names", limits.WRONG_NAMES_A_DEVICE, visitor.device or visitor.address
        )
        refuse_if_full([named])
        return wrong([whole, named], _("This nickname is not in the class. Ask your "
                                       "teacher how it is written."))  # fmt: skip
    if pupil.joined_at is None:
        return first_time(pupil, chosen)
    if not pupil.account.check_password(pictures.password_of(chosen)):
        return wrong([whole, one], _("These are not your pictures. Try again, or ask "
                                     "your teacher for new ones."))  # fmt: skip
    one.clear()
    return pupil


@transaction.atomic
def first_time(pupil: Pupil, chosen: list[str]) -> Pupil:
    if pictures.too_simple(chosen):
        raise ValidationError(_("Take at least two different pictures."))
    again = Pupil.objects.select_for_update().get(pk=pupil.pk)
    if again.joined_at:  # two children at once with one name: the first one has it
        raise ValidationError(_("Someone came in with this nickname just now."))
    pupil.account.set_password(pictures.password_of(chosen))
    pupil.account.save(update_fields=["password"])
    pupil.joined_at = timezone.now()
    pupil.save(update_fields=["joined_at"])
    return pupil


def log_in(request, pupil: Pupil) -> None:
    """Until the browser is closed: the next child sits at the same computer."""
    login(request, pupil.account, backend=BACKEND)
    request.session.set_expiry(0)


def refuse_if_full(counters: list[limits.Counter]) -> None:
    if any(counter.is_full for counter in counters):
        raise TooMany(
            _("Too many tries. Wait %(n)d minutes, or ask your teacher.")
            % {"n": limits.MINUTES}
        )


def wrong(counters: list[limits.Counter], sentence: str):
    for counter in counters:
        counter.add()
    raise ValidationError(sentence)
