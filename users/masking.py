"""What people wrote stays covered in the admin until someone says why they look.

The text is not even fetched for lists and forms, only its length. Do not add masked
fields to `search_fields`: a search that finds a person by their secret reveals it.
"""

from functools import cache
from operator import attrgetter

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast, Length
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from users.models import Reveal

SHORTEST_REASON = 10


def cover(length: int | None) -> str:
    if not length:
        return "–"
    said = ngettext("%(length)s character", "%(length)s characters", length)
    return "•••• ({})".format(said % {"length": f"{length:,}"})


@cache  # the admin compares columns by identity
def masked(name: str):
    """A column or form row for `list_display` that shows only how long a text is."""

    @admin.display(description=capfirst(name.replace("_", " ")))
    def column(row) -> str:
        return cover(getattr(row, f"{name}_length", None))

    column.__name__ = f"masked_{name}"
    return column


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need to read this?"),
        min_length=SHORTEST_REASON,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "min_length": _("Say it in at least %(limit_value)d characters."),
            "required": _("Say why, in a sentence."),
        },
    )


class MaskedTextAdmin(admin.ModelAdmin):
    """An admin may look and delete; only the person writes."""

    masked_fields: tuple[str, ...] = ()
    owner_path = "person"  # from the row to its person, with "__" between
    linked_by = "person__id__exact"  # how other lists lead here
    change_form_template = "admin/masked_change_form.html"

    def get_queryset(self, request):
        lengths = {
            f"{name}_length": Length(Cast(name, TextField()))
            for name in self.masked_fields
        }
        return (
            super().get_queryset(request).defer(*self.masked_fields).annotate(**lengths)
        )

    def get_fields(self, request, obj=None):
        names = [field.name for field in self.model._meta.fields]
        return [masked(n) if n in self.masked_fields else n for n in names]

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj)

    def lookup_allowed(self, lookup, value, request):
        if lookup.partition("__")[0] in self.masked_fields:
            return False  # a filter that finds words by guessing reveals them
        linked = lookup == self.linked_by
        return linked or super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        name = "{}_{}_reveal".format(*self.names())
        view = self.admin_site.admin_view(self.reveal_view)
        return [path("<path:object_id>/reveal/", view, name=name), *super().get_urls()]

    def names(self) -> tuple[str, str]:
        return self.opts.app_label, str(self.opts.model_name)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        reveal = reverse("admin:{}_{}_reveal".format(*self.names()), args=[object_id])
        extra = {**(extra_context or {}), "reveal_url": reveal}
        return super().change_view(request, object_id, form_url, extra)

    def reveal_view(self, request, object_id):
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        texts = []
        if form.is_valid():
            self.keep_trace(request, row, form.cleaned_data["reason"])
            texts = [
                (label(self.model, n), getattr(row, n)) for n in self.masked_fields
            ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reveal what a person wrote"),
            "opts": self.opts,
            "original": row,
            "form": form,
            "texts": texts,
        }
        response = TemplateResponse(request, "admin/reveal.html", context)
        add_never_cache_headers(response)
        return response

    def keep_trace(self, request, row, reason: str) -> None:
        person = attrgetter(self.owner_path.replace("__", "."))(row)
        subject = f"{self.opts.label_lower} {row.pk}"
        with transaction.atomic():
            reveal = Reveal.objects.create(
                admin=request.user, person=person, subject=subject, reason=reason
            )
            # The reason may be personal: it goes when the person is erased.
            self.log_change(request, row, f"Revealed (see reveal {reveal.pk}).")


def label(model, name: str) -> str:
    return capfirst(model._meta.get_field(name).verbose_name)
