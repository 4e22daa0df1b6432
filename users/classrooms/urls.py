from django.urls import path

from users.classrooms import views

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
    path(CLASS + "roster", views.read_roster, name="read_roster"),
    path(CLASS + "roster/bring", views.bring_roster, name="bring_roster"),
    path(CLASS + "pupils/add", views.add_pupil, name="add_pupil"),
    path(PUPIL, views.pupil, name="pupil"),
    path(PUPIL + "pictures", views.reset_pictures, name="reset_pictures"),
    path(PUPIL + "remove", views.remove_pupil, name="remove_pupil"),
    path(PUPIL + "family", views.family, name="family"),
]
