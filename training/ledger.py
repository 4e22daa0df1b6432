"""The ledger: everything a model may learn from a person, copied from where it stands.

Whoever holds texts tells this room what they hold, as plain values; this room looks
into nobody's tables. `refresh` makes the copy true again: what was changed is changed,
what is gone is gone. So a deleted story is forgotten without anyone having to think
of it, and what a person took out stays out.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from training.models import Document, Example


@dataclass(frozen=True, slots=True)
class Entry:
    """One example as its source tells it."""

    document: str  # key, unique for the person
    document_kind: str
    title: str
    key: str  # unique in the document
    kind: str
    text: str
    at: datetime
    over: str = ""
    ask: str = ""
    context: str = ""
    reason: str = ""  # shown; nothing is learnt from it, so it is not in the digest

    @property
    def digest(self) -> str:
        parts = (self.kind, self.text, self.over, self.ask)
        return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()

    @property
    def words(self) -> int:
        return len(self.text.split())


Source = Callable[[Any], Iterable[Entry]]
sources: list[Source] = []
#: Documents that only this room knows, and that no source tells of.
HELD_HERE = (Document.Kind.IMPORT,)
#: What of an example is copied as it is, beside its words, digest and time.
COPIED = ("kind", "text", "over", "ask", "context", "reason")
FIELDS = (*COPIED, "words", "digest", "written_at")


def register(source: Source) -> Source:
    """`source(person)` tells all that a room holds of a person, oldest first."""
    if source not in sources:
        sources.append(source)
    return source


def refresh(person: Any) -> None:
    """Make the ledger say what the sources say now."""
    told: dict[str, list[Entry]] = {}
    for entry in _told(person):
        told.setdefault(entry.document, []).append(entry)
    with transaction.atomic():
        get_user_model().objects.select_for_update().get(pk=person.pk)  # one at a time
        held = Document.objects.filter(person=person).exclude(kind__in=HELD_HERE)
        held.exclude(key__in=told).delete()
        documents = {document.key: document for document in held}
        for key, entries in told.items():
            document = documents.get(key) or Document(person=person, key=key)
            _keep(document, entries)


def _told(person: Any) -> Iterator[Entry]:
    for source in sources:
        yield from source(person)


def _keep(document: Document, entries: list[Entry]) -> None:
    title = entries[0].title[:200]
    if document.pk is None or document.title != title:
        document.title, document.kind = title, entries[0].document_kind
        document.save()
    held = {example.key: example for example in document.examples.all()}
    new, changed = [], []
    for entry in entries:
        example = held.pop(entry.key, None)
        if example is None:
            new.append(put(Example(document=document, key=entry.key), entry))
        elif any(getattr(example, name) != getattr(entry, name) for name in COPIED):
            changed.append(put(example, entry))
    document.examples.filter(pk__in=[gone.pk for gone in held.values()]).delete()
    Example.objects.bulk_create(new)
    Example.objects.bulk_update(changed, FIELDS)


def put(example: Example, entry: Entry) -> Example:
    """Copy an entry's values; what was taken out stays out."""
    for name in COPIED:
        setattr(example, name, getattr(entry, name))
    example.words, example.digest = entry.words, entry.digest
    example.written_at = entry.at
    return example


def counting(person: Any) -> QuerySet[Example]:
    """What the next run would learn from."""
    return Example.objects.owned_by(person).counting()


def own_words(person: Any) -> int:
    """Words of the person's own that count."""
    own = counting(person).filter(kind=Example.Kind.OWN)
    return own.aggregate(words=Sum("words"))["words"] or 0


def counts(person: Any) -> dict[str, int]:
    """How many examples of each kind count."""
    kinds = counting(person).order_by().values_list("kind")
    return dict(kinds.annotate(n=Count("pk")))


def documents(person: Any) -> QuerySet[Document]:
    """Where examples come from, with how many and how many words of them count."""
    counts = Q(examples__taken_out_at=None)
    return (
        Document.objects.filter(person=person)
        .annotate(
            number=Count("examples"),
            out=Count("examples", filter=~counts),
            words=Sum("examples__words", filter=counts, default=0),
        )
        .order_by("-created_at")
    )


def digests(person: Any) -> set[str]:
    return set(counting(person).values_list("digest", flat=True))
