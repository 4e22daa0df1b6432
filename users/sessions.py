"""The browser sessions of one person: find them, and end them for good."""

from functools import partial

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from users import events


def sessions_of(person) -> QuerySet[Session]:
    """Reads every session: they name their person only inside. Rarely needed."""
    keys = [
        session.session_key
        for session in Session.objects.iterator()
        if session.get_decoded().get(SESSION_KEY) == str(person.pk)
    ]
    return Session.objects.filter(session_key__in=keys)


def is_open(session_key: str) -> bool:
    """Neither ended nor run out. For pages that stay open after they were let in."""
    now = timezone.now()
    sessions = Session.objects.filter(session_key=session_key, expire_date__gt=now)
    return sessions.exists()


def end_sessions(person, *, keep: str | None = None) -> None:
    """Log a person out everywhere. All sockets close; the page of the session to
    `keep` connects again (its key may be about to change)."""
    for session in sessions_of(person):
        transaction.on_commit(partial(events.session_ended, session.session_key))
        if session.session_key != keep:
            session.delete()
