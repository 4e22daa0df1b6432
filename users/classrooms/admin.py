"""Classes for who keeps the house: counts and dates; no child is named here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from users.linking import counted, link_to
from users.masking import MaskedTextAdmin, masked
from users.models import Classroom, FamilyLink, Pupil, Teaching


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Classroom)
class ClassroomAdmin(ReadOnly):
    list_display = ["name", "teacher_count", "pupil_count", "has_contact", "created_at",
                    "archived_at"]  # fmt: skip
    list_filter = ["created_at", "archived_at"]
    search_fields = ["=id", "name"]
    exclude = ["code"]  # with it one could come in
    list_per_page = 50

    def get_queryset(self, request):
        rooms = super().get_queryset(request)
        return rooms.annotate(
            number_of_teachers=counted(Classroom, "teachings"),
            number_of_pupils=counted(Classroom, "pupils"),
        )

    @admin.display(description=_("has a contact"), boolean=True)
    def has_contact(self, room):
        return room.has_contact

    @admin.display(description=_("teachers"), ordering="number_of_teachers")
    def teacher_count(self, room):
        number = room.number_of_teachers
        return link_to("users_teaching", "classroom__id__exact", room, number)

    @admin.display(description=_("pupils"), ordering="number_of_pupils")
    def pupil_count(self, room):
        number = room.number_of_pupils
        return link_to("users_pupil", "classroom__id__exact", room, number)


@admin.register(Teaching)
class TeachingAdmin(ReadOnly):
    list_display = ["classroom_name", "email", "created_at"]
    list_select_related = ["classroom", "teacher"]
    search_fields = ["=classroom__id", "classroom__name", "teacher__email"]

    def lookup_allowed(self, lookup, value, request):
        linked = lookup == "classroom__id__exact"
        return linked or super().lookup_allowed(lookup, value, request)

    @admin.display(ordering="classroom__name")
    def classroom_name(self, teaching):
        return teaching.classroom.name

    @admin.display(ordering="teacher__email")
    def email(self, teaching):
        return teaching.teacher.email


@admin.register(Pupil)
class PupilAdmin(MaskedTextAdmin):
    masked_fields = ("nickname", "nickname_key", "interests", "practise")
    owner_path = "account"
    linked_by = "classroom__id__exact"
    list_display = ["id", "classroom_name", masked("nickname"), "level", "joined_at"]
    list_filter = ["level", "joined_at"]
    list_select_related = ["classroom"]
    search_fields = ["=id", "=classroom__id", "classroom__name"]
    list_per_page = 50

    @admin.display(ordering="classroom__name")
    def classroom_name(self, pupil):
        return pupil.classroom.name


@admin.register(FamilyLink)
class FamilyLinkAdmin(ReadOnly):
    list_display = ["id", "pupil_id", "created_at", "revoked_at"]
    exclude = ["token"]
