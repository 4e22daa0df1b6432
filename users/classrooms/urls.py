from django.urls import path

from users.classrooms import pupil_views, views

app_name = "classrooms"
CLASS = "<uuid:classroom_id>/"
PUPIL = CLASS + "pupils/<int:pupil_id>/"
urlpatterns = [
    path("", views.classes, name="classes"),
    path("new", views.make, name="make"),
    path(CLASS, views.room, name="room"),
    path(CLASS + "change", views.change, name="change"),
    path(CLASS + "code", views.change_code, name="change_code"),
    path(CLASS + "archive", views.archive, name="archive"),
    path(CLASS + "cards", views.cards, name="cards"),
    path(CLASS + "teachers", views.add_teacher, name="add_teacher"),
    path(CLASS + "leave", views.leave, name="leave"),
    path(CLASS + "roster", pupil_views.read_roster, name="read_roster"),
    path(CLASS + "roster/bring", pupil_views.bring_roster, name="bring_roster"),
    path(CLASS + "pupils/add", pupil_views.add_pupil, name="add_pupil"),
    path(PUPIL, pupil_views.pupil, name="pupil"),
    path(PUPIL + "pictures", pupil_views.reset_pictures, name="reset_pictures"),
    path(PUPIL + "remove", pupil_views.remove_pupil, name="remove_pupil"),
    path(PUPIL + "data", pupil_views.give, name="give"),
    path(PUPIL + "family", pupil_views.family, name="family"),
]
