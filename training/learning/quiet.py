"""The hours in which no voice is learnt unasked (STORYLOOM_QUIET_HOURS)."""

from datetime import datetime, timedelta

from django.conf import settings


def hours() -> tuple[int, int] | None:
    """The first quiet hour, and the first that is not; None if there are none."""
    begin, _dash, end = settings.QUIET_HOURS.partition("-")
    if not (begin.strip().isdecimal() and end.strip().isdecimal()):
        return None
    if max(int(begin), int(end)) > 24:
        return None
    first, last = int(begin) % 24, int(end) % 24
    return None if first == last else (first, last)


def is_quiet(when: datetime) -> bool:
    found = hours()
    if found is None:
        return False
    first, last = found
    if first < last:
        return first <= when.hour < last
    return when.hour >= first or when.hour < last


def quiet_until(when: datetime) -> datetime | None:
    """When the quiet that holds now is over; None if it is not quiet."""
    if not is_quiet(when):
        return None
    over = when.replace(minute=0, second=0, microsecond=0)
    while is_quiet(over):
        over += timedelta(hours=1)
    return over
