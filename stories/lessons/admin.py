"""Lessons for who keeps the house: what state they are in; words stay covered."""

from django.contrib import admin

from stories.lessons.models import (
    Answer,
    Lesson,
    Notice,
    Question,
    Reading,
    Tale,
    Turn,
)
from users.classrooms.admin import ReadOnly
from users.linking import counted, link_to
from users.masking import MaskedTextAdmin, masked


class OfAClass(MaskedTextAdmin):
    """A lesson outlives the account of who planned it: then the look is kept with the
    admin who looked."""

    def keep_trace(self, request, row, reason):
        tale = row if isinstance(row, Tale) else getattr(row, "tale", None)
        lesson = tale.lesson if tale else row
        about = tale.pupil.account if tale and tale.pupil else lesson.teacher
        row.revealed_of = about or request.user
        super().keep_trace(request, row, reason)


@admin.register(Lesson)
class LessonAdmin(OfAClass):
    masked_fields = ("title", "goal", "words", "facts", "hero")
    owner_path = "revealed_of"
    linked_by = "classroom__id__exact"
    list_display = ["short_id", "email", "classroom_name", masked("goal"), "status",
                    "tale_count", "created_at"]  # fmt: skip
    list_filter = ["status", "level", "created_at"]
    list_select_related = ["classroom", "teacher"]
    search_fields = ["=id", "teacher__email", "classroom__name"]
    list_per_page = 50

    def get_queryset(self, request):
        lessons = super().get_queryset(request)
        return lessons.annotate(number_of_tales=counted(Lesson, "tales"))

    @admin.display(description="lesson", ordering="id")
    def short_id(self, lesson):
        return str(lesson.pk)[:8]

    @admin.display(ordering="teacher__email")
    def email(self, lesson):
        return lesson.teacher.email if lesson.teacher else "–"

    @admin.display(ordering="classroom__name")
    def classroom_name(self, lesson):
        return lesson.classroom.name

    @admin.display(ordering="number_of_tales")
    def tale_count(self, lesson):
        number = lesson.number_of_tales
        return link_to("stories_tale", "lesson__id__exact", lesson, number)


@admin.register(Tale)
class TaleAdmin(OfAClass):
    masked_fields = ("title", "paragraphs", "drawn", "glossary", "flags", "report")
    owner_path = "revealed_of"
    linked_by = "lesson__id__exact"
    list_display = ["id", "lesson_id", "made", "review", masked("drawn"), "level",
                    "model", "created_at"]  # fmt: skip
    list_filter = ["made", "review", "level", "created_at"]
    search_fields = ["=id", "=lesson__id"]
    list_per_page = 50


@admin.register(Question)
class QuestionAdmin(OfAClass):
    masked_fields = ("text", "options", "key", "evidence")
    owner_path = "revealed_of"
    linked_by = "tale__id__exact"
    list_display = ["id", "tale_id", "kind", "rule", masked("text")]
    list_filter = ["kind", "rule"]
    search_fields = ["=tale__id"]


@admin.register(Reading)
class ReadingAdmin(MaskedTextAdmin):
    masked_fields = ("looked_up",)
    owner_path = "pupil__account"
    linked_by = "tale__id__exact"
    list_display = ["id", "tale_id", "pupil_id", "opened_at", "seconds", "answered_at"]
    list_filter = ["opened_at"]


@admin.register(Answer)
class AnswerAdmin(MaskedTextAdmin):
    masked_fields = ("text",)
    owner_path = "reading__pupil__account"
    linked_by = "reading__id__exact"
    list_display = ["id", "reading_id", masked("text"), "right", "created_at"]


@admin.register(Turn)
class TurnAdmin(ReadOnly):
    list_display = ["id", "reading_id", "own", "story", "created_at"]
    list_select_related = ["story"]
    list_filter = ["own", "created_at"]


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    """Whether letters arrive; what they are about is for the teachers to read."""

    list_display = ["id", "pupil_id", "count", "by_model", "last_at", "letter_due",
                    "letter_sent_at", "seen_at", "outcome"]  # fmt: skip
    list_filter = ["letter_due", "outcome", "last_at"]
