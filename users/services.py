"""What a person may do with their account and profile.

Each verb raises ValidationError with a sentence for the person.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from users import privacy
from users.choices import TONES
from users.models import Consent, Experience, Profile, Role, User
from users.safety.screen import may_need_help
from users.sessions import end_sessions

MOST_EXPERIENCES = 200
MOST_VALUES = 12
LONGEST_VALUE = 40
MOST_TO_AVOID = 50
LONGEST_TO_AVOID = 60


# --- experiences ----------------------------------------------------------------
@transaction.atomic
def add_experience(
    *, person: User, what: str, consent: str = Consent.PROMPT, **details: str
) -> Experience:
    User.objects.select_for_update().get(pk=person.pk)  # one at a time: the count holds
    if person.experiences.count() >= MOST_EXPERIENCES:
        raise ValidationError(
            _("You have %(most)d experiences, the most we keep. Delete one first.")
            % {"most": MOST_EXPERIENCES}
        )
    return save(Experience(person=person, what=what, consent=consent, **details))


def edit_experience(*, experience: Experience, **changes: str) -> Experience:
    for name, value in changes.items():
        setattr(experience, name, value)
    return save(experience)


def save(experience: Experience) -> Experience:
    experience.full_clean()
    written = (experience.what, experience.felt)
    experience.care = any(may_need_help(text) for text in written)
    experience.save()
    return experience


def delete_experience(*, experience: Experience) -> None:
    experience.delete()


# --- values and tone --------------------------------------------------------------
def profile_of(person: User) -> Profile:
    return Profile.objects.get_or_create(person=person)[0]


@contextmanager
def changing(person: User) -> Iterator[Profile]:
    """The profile, locked until it is saved: two tabs never undo each other."""
    with transaction.atomic():
        profile_of(person)
        profile = Profile.objects.select_for_update().get(person=person)
        yield profile
        profile.save()


def add_value(*, person: User, value: str) -> None:
    value = " ".join(value.replace("\0", "").split())  # NUL: no database takes it
    if not value:
        raise ValidationError(_("Write a word first."))
    if len(value) > LONGEST_VALUE:
        raise ValidationError(
            _("A value is a word or two, at most %(most)d characters.")
            % {"most": LONGEST_VALUE}
        )
    with changing(person) as profile:
        if value.casefold() in (kept.casefold() for kept in profile.values):
            return
        if len(profile.values) >= MOST_VALUES:
            raise ValidationError(
                _("%(most)d values are the most we keep. Remove one first.")
                % {"most": MOST_VALUES}
            )
        profile.values.append(value)


def move_value(*, person: User, value: str, up: bool) -> None:
    with changing(person) as profile:
        if value not in profile.values:
            return
        at = profile.values.index(value)
        to = min(max(at + (-1 if up else 1), 0), len(profile.values) - 1)
        profile.values.insert(to, profile.values.pop(at))


def drop_value(*, person: User, value: str) -> None:
    with changing(person) as profile:
        profile.values = [kept for kept in profile.values if kept != value]


def set_tone(
    *, person: User, tones: list[str], valence: float, energy: float, avoid: list[str]
) -> None:
    if unknown := set(tones) - set(TONES):
        raise ValidationError(_("No such tone: %(tone)s.") % {"tone": min(unknown)})
    if len(avoid) > MOST_TO_AVOID:
        raise ValidationError(
            _("At most %(most)d words or subjects to avoid.") % {"most": MOST_TO_AVOID}
        )
    if any(len(line) > LONGEST_TO_AVOID for line in avoid):
        raise ValidationError(
            _("Each word or subject to avoid has at most %(most)d characters.")
            % {"most": LONGEST_TO_AVOID}
        )
    with changing(person) as profile:
        profile.tones = [tone for tone in TONES if tone in tones]
        profile.valence, profile.energy = valence, energy
        profile.avoid = avoid


# --- what a passage is shaped by --------------------------------------------------
@dataclass(frozen=True)
class PromptExperience:
    id: int
    what: str
    when: str
    where: str
    who: str
    felt: str


@dataclass(frozen=True)
class PromptProfile:
    """Plain values for the prompt: nothing a person keeps to themselves."""

    values: tuple[str, ...] = ()
    tones: tuple[str, ...] = ()
    valence: float = 0.0  # -1 dark ... 1 bright
    energy: float = 0.0  # -1 calm ... 1 restless
    avoid: tuple[str, ...] = ()
    experiences: tuple[PromptExperience, ...] = ()


def profile_for_prompt(person: User) -> PromptProfile:
    profile = Profile.objects.filter(person=person).first() or Profile()
    allowed = Experience.objects.owned_by(person).for_prompts()
    told = allowed.values("id", "what", "when", "where", "who", "felt")
    return PromptProfile(
        values=tuple(profile.values),
        tones=tuple(profile.tones),
        valence=profile.valence,
        energy=profile.energy,
        avoid=tuple(profile.avoid),
        experiences=tuple(PromptExperience(**row) for row in told),
    )


# --- account ----------------------------------------------------------------------
def change_name(*, person: User, name: str) -> None:
    person.first_name = name
    person.save(update_fields=["first_name"])


@transaction.atomic
def grant_role(*, by: User, person: User, role: str) -> None:
    """Only here does a role change; it decides what the admin pages allow."""
    if by.role != Role.ADMIN or not by.is_active:
        raise PermissionDenied
    if role not in Role.values:
        raise ValidationError(_("No such role: %(role)s.") % {"role": role})
    if role == person.role:
        return
    if Role.PUPIL in (role, person.role):
        raise ValidationError(_("A pupil's account stays a pupil's, in its class."))
    admins = User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True)
    if person.role == Role.ADMIN and not admins.exclude(pk=person.pk).exists():
        raise ValidationError(
            _("This is the last admin. Make someone else admin first.")
        )
    was, person.role = person.role, role
    person.is_staff = person.is_superuser = role == Role.ADMIN
    person.save(update_fields=["role", "is_staff", "is_superuser"])
    note_in_admin_log(by, person, f"Role: {was} to {role}.")


@transaction.atomic
def set_active(*, by: User, person: User, active: bool) -> None:
    """Someone switched off is logged out everywhere and cannot log in."""
    if by.role != Role.ADMIN:
        raise PermissionDenied
    if by == person:
        raise ValidationError(_("You cannot switch off your own account."))
    person.is_active = active
    person.save(update_fields=["is_active"])
    note_in_admin_log(by, person, f"Active: {active}.")
    if not active:
        end_sessions(person)


def note_in_admin_log(by: User, person: User, message: str) -> None:
    LogEntry.objects.log_actions(
        user_id=by.pk,
        queryset=[person],
        action_flag=CHANGE,
        change_message=message,
        single_object=True,
    )


def erase_account(*, person: User) -> None:
    """At once and for good; open pages of the person are told."""
    if person.role == Role.ADMIN:
        others = User.objects.filter(role=Role.ADMIN, is_active=True)
        everyone = User.objects.exclude(pk=person.pk)
        if everyone.exists() and not others.exclude(pk=person.pk).exists():
            raise ValidationError(_("You are the last admin. Make another one first."))
    with transaction.atomic():
        end_sessions(person)
        privacy.erase(person)
