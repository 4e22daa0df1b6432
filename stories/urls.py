from django.urls import path, re_path
from django.views.i18n import JavaScriptCatalog

from stories import views
from stories.arcs import views as arcs
from stories.blind import views as blind

app_name = "stories"
STORY = "<uuid:story_id>/"
PASSAGE = STORY + "passages/<int:passage_id>/"
urlpatterns = [
    path("words.js", JavaScriptCatalog.as_view(), name="words"),
    path("", views.shelf, name="library"),
    path("new", views.create, name="create"),
    path("import", views.bring, name="import"),
    path("tones", arcs.tones, name="tones"),
    path("tones/<int:tone_id>/delete", arcs.drop_tone, name="drop_tone"),
    path(STORY, views.editor, name="editor"),
    path(STORY + "path", views.show_path, name="path"),
    path(STORY + "map", views.show_map, name="map"),
    path(STORY + "settings", views.settings, name="settings"),
    path(STORY + "arc", arcs.arc, name="arc"),
    path(STORY + "blind", blind.pair, name="blind"),
    path(STORY + "archive", views.archive, name="archive"),
    path(STORY + "delete", views.delete, name="delete"),
    re_path(
        r"^(?P<story_id>[0-9a-f-]{36})/export\.(?P<kind>json|md|txt)$",
        views.export,
        name="export",
    ),
    path(PASSAGE + "alternatives", views.compare, name="compare"),
    path(PASSAGE + "saw", views.saw, name="saw"),
]
