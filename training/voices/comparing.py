"""Two versions compared blind: between which, and what came of it."""

import math
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from training.models import Adapter, BlindChoice, Voice
from training.voices.consent import voice_of

#: 95 %, two-sided.
Z = 1.96


@dataclass(frozen=True, slots=True)
class Contenders:
    """The version in use, what it is compared with (None: the bare model), and since
    when nobody was asked."""

    new: Adapter
    old: Adapter | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """Of `n` blind choices, `won` were this version's."""

    against: int | None  # the other version's number
    n: int
    won: int

    @property
    def clear(self) -> bool | None:
        """Better or worse than a coin by Wilson's bounds; None: it cannot be said."""
        low, high = wilson(self.won, self.n)
        return None if low <= 0.5 <= high else low > 0.5


def contenders(*, person_id: int) -> Contenders | None:
    """None if there is nothing to compare, or the person does not want to be asked."""
    voice = (
        Voice.objects.select_related("adapter__after")
        .filter(person_id=person_id, blind=True)
        .first()
    )
    new = voice.adapter if voice else None
    if voice is None or new is None or not can_speak(new):
        return None
    old = new.after if new.after and can_speak(new.after) else None
    return Contenders(new, old, max(voice.blind_at or new.created_at, new.created_at))


def can_speak(adapter: Adapter) -> bool:
    passed = adapter.checked == Adapter.Checked.PASSED
    return passed and not adapter.disabled and adapter.folder.is_dir()


def let_compare(*, person, blind: bool) -> None:
    """Whether it asks at all."""
    voice = voice_of(person)
    voice.blind = blind
    voice.save(update_fields=["blind", "changed_at"])


def asked_blind(*, person_id: int) -> None:
    """It asked just now, or shall ask later: the count begins anew."""
    Voice.objects.filter(person_id=person_id).update(blind_at=timezone.now())


def record_choice(*, adapter: Adapter, against: Adapter | None, won: bool) -> None:
    BlindChoice.objects.create(adapter=adapter, against=against, won=won)


def results(*, person) -> dict[object, list[Result]]:
    """By version, what it was chosen over, and how often."""
    rows = (
        BlindChoice.objects.filter(adapter__person=person)
        .values_list("adapter_id", "against__number")
        .annotate(n=Count("pk"), won=Count("pk", filter=Q(won=True)))
        .order_by("adapter_id", "-against__number")
    )
    found: dict[object, list[Result]] = {}
    for adapter_id, against, n, won in rows:
        found.setdefault(adapter_id, []).append(Result(against, n, won))
    return found


def wilson(won: int, n: int) -> tuple[float, float]:
    """Bounds of the share that was won (Wilson 1927)."""
    share, extra = won / n, Z * Z / n
    middle = (share + extra / 2) / (1 + extra)
    reach = Z / (1 + extra) * math.sqrt(share * (1 - share) / n + extra / (4 * n))
    return middle - reach, middle + reach
