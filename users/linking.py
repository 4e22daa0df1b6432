"""Counts in admin lists that lead to the things counted."""

from urllib.parse import urlencode

from django.db.models import Count, Model, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString


def counted(model: type[Model], relation: str) -> Coalesce:
    """How many of these a row has, as a subquery: joins would multiply."""
    field = model._meta.get_field(relation)
    owner = field.field.name
    rows = field.related_model._default_manager.filter(**{owner: OuterRef("pk")})
    count = rows.order_by().values(owner).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(count), 0)


def link_to(list_name: str, lookup: str, row: Model, number: int) -> SafeString:
    """The number, as a link to the list of these for this row only."""
    url = reverse(f"admin:{list_name}_changelist")
    return format_html(
        '<a href="{}?{}">{}</a>', url, urlencode({lookup: row.pk}), number
    )
