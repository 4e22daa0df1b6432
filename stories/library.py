"""The shelf: a person's stories with what its cards show, in one query."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from stories.models import Passage, Story


def shelf(person, *, query: str = "", archived: bool = False) -> QuerySet[Story]:
    stories = Story.objects.owned_by(person).filter(archived_at__isnull=not archived)
    if query:
        stories = stories.matching(query)
    opening = (
        Passage.objects.kept()
        .filter(story=OuterRef("pk"), parent=None)
        .exclude(text="")
        .order_by("number")
        .annotate(opening=Substr("text", 1, 240))
        .values("opening")[:1]
    )
    kept = Passage.objects.kept().filter(story=OuterRef("pk")).order_by()
    count = kept.values("story").annotate(n=Count("pk")).values("n")
    return stories.annotate(
        opening=Subquery(opening), passage_count=Subquery(count)
    ).last_opened_first()


def counts(person) -> dict[str, int]:
    """How many stories lie on the shelf and in the archive."""
    return Story.objects.owned_by(person).aggregate(
        active=Count("pk", filter=Q(archived_at=None)),
        archived=Count("pk", filter=Q(archived_at__isnull=False)),
    )
