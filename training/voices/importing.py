"""Texts a person wrote elsewhere and brings to be learnt from."""

from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from training import ledger
from training.engine.cutting import passages_of
from training.learning.reading import Unreadable, read_text
from training.models import Document, Example
from training.voices.refused import Refused
from users.safety import may_need_help

MOST_TEXTS = 40
MOST_WORDS = 1_000_000


def bring_text(*, person, name: str, content: bytes) -> Document:
    """Read a file and lay its passages into the ledger; the file itself is not kept."""
    try:
        text = read_text(name, content)
    except Unreadable as reason:
        raise Refused(str(reason)) from None
    passages = passages_of(text)
    held = Document.objects.filter(person=person, kind=Document.Kind.IMPORT)
    if held.count() >= MOST_TEXTS:
        sentence = _("You brought %(most)d texts, the most we keep. Remove one first.")
        raise Refused(sentence % {"most": MOST_TEXTS})
    if ledger.own_words(person) + len(text.split()) > MOST_WORDS:
        raise Refused(_("That is more than a million words in all. Bring less."))
    with transaction.atomic():
        document = Document.objects.create(
            person=person,
            key=f"import {uuid4().hex}",
            kind=Document.Kind.IMPORT,
            title=name[:200],
        )
        now = timezone.now()
        Example.objects.bulk_create(
            _example(document, number, passage, now)
            for number, passage in enumerate(passages)
            # Such words never train a model.
            if not may_need_help(passage)
        )
    return document


def _example(document: Document, number: int, passage: str, now) -> Example:
    entry = ledger.Entry(
        document=document.key,
        document_kind=document.kind,
        title=document.title,
        key=f"passage {number:06}",
        kind=Example.Kind.OWN,
        text=passage,
        at=now,
    )
    return ledger.put(Example(document=document, key=entry.key), entry)


def forget_text(*, document: Document) -> None:
    """An imported text with all its passages."""
    if document.kind != Document.Kind.IMPORT:
        raise Refused(_("A story is deleted where the stories are."))
    document.delete()
