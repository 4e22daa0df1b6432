"""The browser sessions of one person: find them, and end them for good."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from users import events


def sessions_of(person) -> QuerySet[Session]:
    """Reads every session: they name their person only inside. Rarely needed."""
    keys = [
        session.session_key
        for session in Session.objects.iterator()
        if session.get_decoded().get(SESSION_KEY) == str(person.pk)
    ]
    return Session.objects.filter(session_key__in=keys)


def end_sessions(person, *, keep: str | None = None) -> None:
    """Log a person out everywhere, sockets included, except in session `keep`."""
    for session in sessions_of(person).exclude(session_key=keep or ""):
        session.delete()
        events.session_ended(session.session_key)
