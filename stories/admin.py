"""Stories and passages for who keeps the house. Words stay covered until revealed."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from stories.arcs.models import OwnTone, SharedTone
from stories.blind.models import BlindTest
from stories.lessons import admin as lessons  # noqa: F401 (registers)
from stories.models import Passage, Signal, Story
from users.linking import counted, link_to
from users.masking import MaskedTextAdmin, masked


@admin.register(Story)
class StoryAdmin(MaskedTextAdmin):
    masked_fields = ("title", "note")
    owner_path = "owner"
    linked_by = "owner__id__exact"
    list_display = [
        "short_id",
        "email",
        masked("title"),
        "form",
        "passage_count",
        "created_at",
        "opened_at",
        "archived_at",
    ]
    list_filter = ["form", "created_at", "archived_at"]
    list_select_related = ["owner"]
    search_fields = ["=id", "owner__email", "owner__first_name"]
    ordering = ["-created_at"]
    list_per_page = 50

    def get_queryset(self, request):
        stories = super().get_queryset(request)
        return stories.annotate(number_of_passages=counted(Story, "passages"))

    @admin.display(description=_("story"), ordering="id")
    def short_id(self, story):
        return str(story.pk)[:8]

    @admin.display(ordering="owner__email")
    def email(self, story):
        return story.owner.email

    @admin.display(description=_("passages"), ordering="number_of_passages")
    def passage_count(self, story):
        number = story.number_of_passages
        return link_to("stories_passage", "story__id__exact", story, number)


@admin.register(Passage)
class PassageAdmin(MaskedTextAdmin):
    masked_fields = ("text", "direction", "saw")
    owner_path = "story__owner"
    linked_by = "story__id__exact"
    list_display = [
        "id",
        "email",
        "author",
        "mode",
        "status",
        masked("text"),
        "tokens",
        "model",
        "created_at",
    ]
    list_filter = ["status", "author", "mode", "care", "created_at"]
    list_select_related = ["story__owner"]
    search_fields = ["=id", "=story__id", "story__owner__email"]
    ordering = ["-id"]
    list_per_page = 50
    show_full_result_count = False

    @admin.display(ordering="story__owner__email")
    def email(self, passage):
        return passage.story.owner.email


@admin.register(Signal)
class SignalAdmin(MaskedTextAdmin):
    masked_fields = ("reason",)
    owner_path = "passage__story__owner"
    linked_by = "passage__id__exact"
    list_display = ["id", "email", "kind", masked("reason"), "created_at"]
    list_filter = ["kind", "created_at"]
    list_select_related = ["passage__story__owner"]
    search_fields = ["=passage__id", "passage__story__owner__email"]
    ordering = ["-id"]
    list_per_page = 50

    @admin.display(ordering="passage__story__owner__email")
    def email(self, signal):
        return signal.passage.story.owner.email


@admin.register(OwnTone)
class OwnToneAdmin(MaskedTextAdmin):
    masked_fields = ("name", "description")
    owner_path = "owner"
    linked_by = "owner__id__exact"
    list_display = ["id", "email", masked("name"), "valence", "energy", "created_at"]
    list_filter = ["created_at"]
    list_select_related = ["owner"]
    search_fields = ["=id", "owner__email"]
    ordering = ["-id"]
    list_per_page = 50

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(owner=None)

    @admin.display(ordering="owner__email")
    def email(self, tone):
        return tone.owner.email


@admin.register(SharedTone)
class SharedToneAdmin(admin.ModelAdmin):
    """Tones for everyone in this house, such as a school's."""

    list_display = ["name", "description", "valence", "energy"]
    search_fields = ["name"]
    fields = ["name", "description", "valence", "energy"]


@admin.register(BlindTest)
class BlindTestAdmin(MaskedTextAdmin):
    list_display = ["id", "email", "new", "old", "new_first", "answered_at"]
    list_filter = ["created_at", "answered_at"]
    list_select_related = ["story__owner", "new", "old"]
    search_fields = ["story__owner__email"]
    ordering = ["-id"]
    list_per_page = 50

    @admin.display(ordering="story__owner__email")
    def email(self, test):
        return test.story.owner.email
