"""What every table means to a person: what they are given, what is erased.

Each app registers its models in its own `privacy.py`, imported when the app is
ready. A test walks every model and fails for one that is neither registered nor
declared `not_personal`, so nothing new can be forgotten.
"""

import datetime
import decimal
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import FileField, Model, QuerySet

from users.models import Experience, Profile, Reveal, User
from users.sessions import sessions_of

#: A path of lookups from the model to its person, or the rows themselves.
Owner = str | Callable[[Any], QuerySet]
Rows = Iterable[dict[str, Any]]


@dataclass(frozen=True)
class Entry:
    """How one model is given to, and erased for, the person it is about."""

    model: type[Model]
    owner: Owner
    export: Callable[[QuerySet], Rows] | None
    erase: Callable[[QuerySet], object]

    @property
    def section(self) -> str:
        return self.model._meta.label_lower

    def rows(self, person) -> QuerySet:
        if callable(self.owner):
            return self.owner(person)
        return self.model._default_manager.filter(**{self.owner: person})


registered: dict[type[Model], Entry] = {}
declared: dict[type[Model], str] = {}


def as_written(rows: QuerySet) -> Iterator[dict[str, Any]]:
    """Every field of every row, in the order of creation."""
    fields = [field.attname for field in rows.model._meta.concrete_fields]
    for row in rows.order_by("pk").values(*fields).iterator():
        yield {name: plain(value) for name, value in row.items()}


def plain(value: Any) -> Any:
    """The value as JSON knows it."""
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if isinstance(value, uuid.UUID | decimal.Decimal):
        return str(value)
    return value


def without(*names: str) -> Callable[[QuerySet], Rows]:
    """`as_written` less some fields: secrets, or what is ours to know alone."""

    def export(rows: QuerySet) -> Rows:
        for row in as_written(rows):
            yield {name: row[name] for name in row if name not in names}

    return export


def delete(rows: QuerySet) -> None:
    rows.delete()


def register(
    model: type[Model],
    *,
    owner: Owner,
    export: Callable[[QuerySet], Rows] | None = as_written,
    erase: Callable[[QuerySet], object] = delete,
) -> None:
    """`export=None` only for rows that tell a person nothing (and say why there).

    Erasing runs from the last registered model to the first, the person.
    """
    registered[model] = Entry(model, owner, export, erase)


def not_personal(model: type[Model], why: str) -> None:
    declared[model] = why


def sections(person) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Everything we hold about a person, table by table."""
    for entry in registered.values():
        if entry.export:
            yield entry.section, list(entry.export(entry.rows(person)))


def files(person) -> Iterator[tuple[str, Any]]:
    """Stored files of a person's rows, as (name in the archive, open-able file)."""
    for entry in registered.values():
        kept = [f for f in entry.model._meta.fields if isinstance(f, FileField)]
        for row in entry.rows(person) if kept else ():
            for field in kept:
                if file := getattr(row, field.name):
                    yield (
                        f"{entry.section}/{row.pk}/{file.name.rpartition('/')[2]}",
                        file,
                    )


def counts(person) -> list[tuple[int, str]]:
    """How much of what an erased account takes along."""
    found = []
    for entry in registered.values():
        meta, number = entry.model._meta, entry.rows(person).count()
        if number:
            name = meta.verbose_name if number == 1 else meta.verbose_name_plural
            found.append((number, str(name)))
    return found


def erase(person) -> None:
    """Call inside a transaction. Afterwards nothing of the person is left."""
    for entry in reversed(registered.values()):
        entry.erase(entry.rows(person))


def the_person(person) -> QuerySet:
    return User.objects.filter(pk=person.pk)


def admin_log(person) -> QuerySet:
    """What admins did to the person's account (what they did as admin goes with it)."""
    account = ContentType.objects.get_for_model(User)
    return LogEntry.objects.filter(content_type=account, object_id=str(person.pk))


def blank(rows: QuerySet) -> None:
    """That something was done stays on record; the words go."""
    rows.update(object_repr="", change_message="")


register(User, owner=the_person, export=without("password"))
register(Profile, owner="person")
register(Experience, owner="person")
register(Reveal, owner="person", export=without("admin_id"))
register(EmailAddress, owner="user")
register(EmailConfirmation, owner="email_address__user", export=without("key"))
register(Session, owner=sessions_of, export=None)  # a random key and an end date
register(
    LogEntry,
    owner=admin_log,
    export=without("user_id", "object_repr"),
    erase=blank,
)
not_personal(Group, "names of groups of rights")
not_personal(Permission, "names of rights")
not_personal(ContentType, "names of tables")
