"""Voices and runs for who keeps the house. Words stay covered until revealed."""

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from training import voices
from training.models import (
    Adapter,
    BlindChoice,
    Document,
    Example,
    TrainingRun,
    Voice,
    Workshop,
)
from users.linking import counted, link_to
from users.masking import MaskedTextAdmin, masked


class PersonalAdmin(MaskedTextAdmin):
    list_select_related = ["person"]
    search_fields = ["person__email", "person__first_name"]
    list_per_page = 50
    ordering = ["-pk"]

    @admin.display(ordering="person__email")
    def email(self, row):
        return row.person.email

    def said(self, request, number: int) -> None:
        said = ngettext("%(n)d changed.", "%(n)d changed.", number)
        self.message_user(request, said % {"n": number}, messages.SUCCESS)


@admin.register(Voice)
class VoiceAdmin(PersonalAdmin):
    list_display = ["id", "email", "learns", "by_itself", "adapter", "changed_at"]
    list_filter = ["learns", "by_itself"]
    list_select_related = ["person", "adapter"]


@admin.register(Document)
class DocumentAdmin(PersonalAdmin):
    masked_fields = ("title",)
    list_display = ["id", "email", "kind", masked("title"), "allowed", "example_count"]
    list_filter = ["kind", "allowed", "created_at"]

    def get_queryset(self, request):
        documents = super().get_queryset(request)
        return documents.annotate(number_of_examples=counted(Document, "examples"))

    @admin.display(description=_("examples"), ordering="number_of_examples")
    def example_count(self, document):
        number = document.number_of_examples
        return link_to("training_example", "document__id__exact", document, number)


@admin.register(Example)
class ExampleAdmin(MaskedTextAdmin):
    masked_fields = ("text", "over", "ask", "context", "reason")
    owner_path = "document__person"
    linked_by = "document__id__exact"
    list_display = ["id", "email", "kind", masked("text"), "words", "taken_out_at"]
    list_filter = ["kind", "written_at", "taken_out_at"]
    list_select_related = ["document__person"]
    search_fields = ["document__person__email"]
    list_per_page = 50
    ordering = ["-pk"]
    show_full_result_count = False

    @admin.display(ordering="document__person__email")
    def email(self, example):
        return example.document.person.email


@admin.register(TrainingRun)
class TrainingRunAdmin(PersonalAdmin):
    masked_fields = ("samples",)
    list_display = [
        "short_id",
        "email",
        "status",
        "trigger",
        "words",
        "attempts",
        "created_at",
        "took",
        "error",
    ]
    list_filter = ["status", "trigger", "created_at"]
    ordering = ["-created_at"]
    actions = ["cancel", "requeue"]

    @admin.display(description=_("run"), ordering="id")
    def short_id(self, run):
        return str(run.pk)[:8]

    @admin.display(description=_("seconds"))
    def took(self, run):
        if run.started_at is None or run.finished_at is None:
            return ""
        return round((run.finished_at - run.started_at).total_seconds())

    # The rows are only looked at, but whoever may delete them may also stop them.
    @admin.action(description=_("Cancel"), permissions=["delete"])
    def cancel(self, request, runs):
        open_runs = list(runs.open())
        for run in open_runs:
            voices.cancel_run(run=run)
        self.said(request, len(open_runs))

    @admin.action(description=_("Queue again"), permissions=["delete"])
    def requeue(self, request, runs):
        again = [run for run in runs if voices.requeue_run(run=run)]
        self.said(request, len(again))


@admin.register(Workshop)
class WorkshopAdmin(admin.ModelAdmin):
    """One row: pause all learning, or let it go on."""

    list_display = ["__str__", "paused"]
    actions = ["pause", "go_on"]

    def get_queryset(self, request):
        Workshop.objects.get_or_create(pk=1)
        return super().get_queryset(request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_pause_permission(self, request) -> bool:
        return request.user.is_superuser

    @admin.action(description=_("Pause all learning"), permissions=["pause"])
    def pause(self, request, rows):
        voices.pause_all(paused=True)

    @admin.action(description=_("Let learning go on"), permissions=["pause"])
    def go_on(self, request, rows):
        voices.pause_all(paused=False)


@admin.register(Adapter)
class AdapterAdmin(PersonalAdmin):
    masked_fields = ("note",)
    list_display = [
        "short_id",
        "email",
        "number",
        "model",
        "words",
        "disabled",
        "created_at",
    ]
    list_filter = ["disabled", "model", "created_at"]
    ordering = ["-created_at"]
    actions = ["disable", "enable"]

    @admin.display(description=_("adapter"), ordering="id")
    def short_id(self, adapter):
        return str(adapter.pk)[:8]

    @admin.action(description=_("Disable (keeps it)"), permissions=["delete"])
    def disable(self, request, adapters):
        self.said(request, adapters.update(disabled=True))

    @admin.action(description=_("Enable"), permissions=["delete"])
    def enable(self, request, adapters):
        self.said(request, adapters.update(disabled=False))

    def delete_model(self, request, adapter):
        voices.forget_version(adapter=adapter)

    def delete_queryset(self, request, adapters):
        for adapter in adapters:
            voices.forget_version(adapter=adapter)


@admin.register(BlindChoice)
class BlindChoiceAdmin(MaskedTextAdmin):
    list_display = ["id", "email", "adapter", "against", "won", "created_at"]
    list_filter = ["won", "created_at"]
    list_select_related = ["adapter__person", "against"]
    search_fields = ["adapter__person__email"]
    list_per_page = 50
    ordering = ["-pk"]

    @admin.display(ordering="adapter__person__email")
    def email(self, choice):
        return choice.adapter.person.email
