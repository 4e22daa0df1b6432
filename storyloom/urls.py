from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from users.classrooms.door import join

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="stories:library"), name="home"),
    path("stories/", include("stories.urls")),
    path("voice/", include("training.urls")),
    path("you/", include("users.urls")),
    path("classes/", include("users.classrooms.urls")),
    path("", include("stories.lessons.urls")),
    path("join", include(([path("", join, name="join")], "door"))),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]
