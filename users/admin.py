"""People, what they told, and who looked. Words stay covered: see users.masking."""

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth import forms as auth_forms
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from users import privacy, services
from users.classrooms import admin as classes  # noqa: F401 (registers)
from users.linking import counted, link_to
from users.masking import MaskedTextAdmin, masked
from users.models import Experience, Profile, Reveal, Role, User
from users.sessions import end_sessions


class NewPersonForm(auth_forms.AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "first_name"]


class NewPasswordForm(auth_forms.AdminPasswordChangeForm):
    def save(self, commit=True):
        person = super().save(commit)
        end_sessions(person)
        return person


@admin.register(User)
class PersonAdmin(UserAdmin):
    add_form = NewPersonForm
    change_password_form = NewPasswordForm
    list_display = [
        "email",
        "first_name",
        "role",
        "is_active",
        "date_joined",
        "last_login",
        "story_count",
        "experience_count",
    ]
    list_filter = ["role", "is_active", "date_joined"]
    search_fields = ["email", "first_name"]
    ordering = ["-date_joined"]
    date_hierarchy = "date_joined"
    list_per_page = 50
    fieldsets = [
        (None, {"fields": ["email", "first_name", "password"]}),
        (_("Standing"), {"fields": ["role", "is_active"]}),
        (_("Since"), {"fields": ["date_joined", "last_login"]}),
        (_("Theirs"), {"fields": ["story_count", "experience_count"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "first_name"]}),
        (None, {"fields": ["usable_password", "password1", "password2"]}),
    ]
    filter_horizontal = []
    actions = ["make_teacher", "make_writer", "make_admin", "switch_off", "switch_on"]

    def get_queryset(self, request):
        people = super().get_queryset(request)
        return people.annotate(
            number_of_stories=counted(User, "stories"),
            number_of_experiences=counted(User, "experiences"),
        )

    def get_readonly_fields(self, request, obj=None):
        # Role and standing change only by the actions of the list, which log them.
        shown = ["role", "is_active", "date_joined", "last_login"]
        return [*shown, "email", "story_count", "experience_count"] if obj else []

    # --- links ------------------------------------------------------------------
    @admin.display(description=_("stories"), ordering="number_of_stories")
    def story_count(self, person):
        # By name only: this room does not know the stories room.
        number = person.number_of_stories
        return link_to("stories_story", "owner__id__exact", person, number)

    @admin.display(description=_("experiences"), ordering="number_of_experiences")
    def experience_count(self, person):
        number = person.number_of_experiences
        return link_to("users_experience", "person__id__exact", person, number)

    # --- actions ----------------------------------------------------------------
    def has_grant_permission(self, request) -> bool:
        return request.user.role == Role.ADMIN

    def each(self, request, people, act) -> None:
        """Do it to each chosen person; say how many, and who was refused and why."""
        done = 0
        for person in people:
            try:
                act(person)
            except ValidationError as refusal:
                why = f"{person.email or person}: {' '.join(refusal.messages)}"
                self.message_user(request, why, messages.ERROR)
            else:
                done += 1
        said = ngettext("%(n)d account changed.", "%(n)d accounts changed.", done)
        self.message_user(request, said % {"n": done}, messages.SUCCESS)

    def grant(self, request, people, role) -> None:
        self.each(
            request,
            people,
            lambda person: services.grant_role(
                by=request.user, person=person, role=role
            ),
        )

    def set_active(self, request, people, active) -> None:
        self.each(
            request,
            people,
            lambda person: services.set_active(
                by=request.user, person=person, active=active
            ),
        )

    @admin.action(description=_("Make teacher"), permissions=["grant"])
    def make_teacher(self, request, people):
        self.grant(request, people, Role.TEACHER)

    @admin.action(description=_("Make writer"), permissions=["grant"])
    def make_writer(self, request, people):
        self.grant(request, people, Role.WRITER)

    @admin.action(description=_("Make admin"), permissions=["grant"])
    def make_admin(self, request, people):
        self.grant(request, people, Role.ADMIN)

    @admin.action(description=_("Switch off (keeps all)"), permissions=["grant"])
    def switch_off(self, request, people):
        self.set_active(request, people, active=False)

    @admin.action(description=_("Switch on"), permissions=["grant"])
    def switch_on(self, request, people):
        self.set_active(request, people, active=True)

    # --- deleting erases, by the registry -----------------------------------------
    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)  # one at a time, each confirmed
        return actions

    def has_delete_permission(self, request, obj=None):
        is_admin = obj is not None and obj.role == Role.ADMIN
        return super().has_delete_permission(request, obj) and not is_admin

    def get_deleted_objects(self, people, request):
        counts = {name: n for person in people for n, name in privacy.counts(person)}
        return [person.email or str(person) for person in people], counts, set(), []

    def delete_model(self, request, person):
        services.erase_account(person=person)


@admin.register(Experience)
class ExperienceAdmin(MaskedTextAdmin):
    masked_fields = ("what", "when", "where", "who", "felt")
    list_display = ["id", "email", masked("what"), "consent", "help", "created_at"]
    list_filter = ["consent", "care", "created_at"]
    list_select_related = ["person"]
    search_fields = ["person__email", "person__first_name"]
    list_per_page = 50

    @admin.display(ordering="person__email")
    def email(self, experience):
        return experience.person.email

    @admin.display(description=_("help shown"), ordering="care")
    def help(self, experience):
        return _("yes") if experience.care else ""


@admin.register(Profile)
class ProfileAdmin(MaskedTextAdmin):
    masked_fields = ("values", "avoid")
    list_display = ["id", "email", masked("values"), masked("avoid"), "updated_at"]
    list_select_related = ["person"]
    search_fields = ["person__email", "person__first_name"]
    list_per_page = 50

    @admin.display(ordering="person__email")
    def email(self, profile):
        return profile.person.email


class OnRecord(admin.ModelAdmin):
    """Nobody adds to a record by hand, changes it or takes from it."""

    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Reveal)
class RevealAdmin(OnRecord):
    list_display = ["created_at", "looked", "at", "subject", "reason"]
    list_filter = ["created_at"]
    list_select_related = ["admin", "person"]
    search_fields = ["admin__email", "person__email", "subject"]

    @admin.display(ordering="admin__email")
    def looked(self, reveal):
        return reveal.admin.email if reveal.admin else "–"

    @admin.display(description=_("at words of"), ordering="person__email")
    def at(self, reveal):
        return reveal.person.email


@admin.register(LogEntry)
class LogEntryAdmin(OnRecord):
    list_display = ["action_time", "who", "content_type", "object_id", "said"]
    list_filter = ["action_time", "action_flag"]
    list_select_related = ["user", "content_type"]
    search_fields = ["user__email", "object_id"]

    @admin.display(ordering="user__email")
    def who(self, entry):
        return entry.user.email

    @admin.display(description=_("what"))
    def said(self, entry):
        return entry.get_change_message() or entry.get_action_flag_display()
