"""Three doors: teachers (lessons), pupils (reading), families (family)."""

from django.urls import include, path

from stories.lessons import (
    family_views,
    progress_views,
    pupil_views,
    review_views,
    safety_views,
    turn_views,
    views,
)

CLASS = "classes/<uuid:classroom_id>/"
LESSON = "lessons/<uuid:lesson_id>/"
TALE = "lessons/stories/<int:tale_id>/"
lessons = [
    path(CLASS + "lessons", views.shelf, name="shelf"),
    path(CLASS + "lessons/new", views.plan, name="plan"),
    path(CLASS + "progress", progress_views.table, name="progress"),
    path(CLASS + "progress.csv", progress_views.as_csv, name="progress_csv"),
    path(CLASS + "pupils/<int:pupil_id>/progress", progress_views.pupil, name="pupil"),
    path(
        CLASS + "pupils/<int:pupil_id>/next", progress_views.take_over, name="take_over"
    ),
    path("classes/notices", safety_views.notices, name="notices"),
    path("classes/notices/<int:notice_id>", safety_views.see_to, name="see_to"),
    path(LESSON, views.lesson, name="lesson"),
    path(LESSON + "change", views.change, name="change"),
    path(LESSON + "stories", views.tales, name="tales"),
    path(LESSON + "make", views.make, name="make"),
    path(LESSON + "stop", views.stop, name="stop"),
    path(LESSON + "approve", views.approve, name="approve"),
    path(LESSON + "assign", views.assign, name="assign"),
    path(LESSON + "delete", views.delete, name="delete"),
    path(TALE, review_views.tale, name="tale"),
    path(TALE + "edit", review_views.edit, name="edit"),
    path(TALE + "decide", review_views.decide, name="decide"),
    path(TALE + "meaning", review_views.meaning, name="meaning"),
    path(TALE + "print", review_views.printed, name="printed"),
    path(TALE + "book.epub", review_views.book, name="book"),
    path(TALE + "questions/<int:question_id>", review_views.question, name="question"),
    path(TALE + "approve", review_views.verb, {"name": "approve"}, name="approve_one"),
    path(TALE + "assign", review_views.verb, {"name": "assign"}, name="assign_one"),
    path(TALE + "back", review_views.verb, {"name": "back"}, name="take_back"),
    path(TALE + "again", review_views.verb, {"name": "again"}, name="again"),
]
MINE = "<int:tale_id>/"
reading = [
    path("", pupil_views.shelf, name="shelf"),
    path(MINE, pupil_views.read, name="read"),
    path(MINE + "answer", pupil_views.answer, name="answer"),
    path(MINE + "smile", pupil_views.smile, name="smile"),
    path(MINE + "stay", pupil_views.stay, name="stay"),
    path(MINE + "word", pupil_views.look_up, name="look_up"),
    *[
        path(f"{MINE}{name}/{part}", view, {"own": own}, name=name + suffix)
        for own, name in turn_views.NAMES.items()
        for part, view, suffix in (
            ("", turn_views.editor, ""),
            ("path", turn_views.show_path, "_path"),
            ("map", turn_views.show_map, "_map"),
        )
    ],
]
family = [
    path("", family_views.shelf, name="shelf"),
    path("<int:tale_id>/", family_views.tale, name="tale"),
]
urlpatterns = [
    path("", include((lessons, "lessons"))),
    path("read/", include((reading, "reading"))),
    path("family/<str:token>/", include((family, "family"))),
]
