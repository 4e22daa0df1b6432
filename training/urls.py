from django.urls import path, re_path

from training import views

app_name = "training"
urlpatterns = [
    path("", views.voice, name="voice"),
    path("consent", views.consent, name="consent"),
    path("compare", views.compare, name="compare"),
    path("bring", views.bring, name="bring"),
    path("plain", views.speak_plainly, name="speak_plainly"),
    path("ledger", views.show_ledger, name="ledger"),
    re_path(
        r"^ledger/(?P<pk>\d{1,18})/(?P<verb>out|in)$",
        views.change_example,
        name="example",
    ),
    re_path(
        r"^texts/(?P<pk>\d{1,18})/(?P<verb>allow|withhold|forget)$",
        views.change_document,
        name="document",
    ),
    path("runs/start", views.start, name="start"),
    path("runs/<uuid:run_id>", views.show_run, name="run"),
    re_path(
        r"^runs/(?P<run_id>[0-9a-f-]{36})/(?P<verb>cancel|pause|resume)$",
        views.change_run,
        name="change_run",
    ),
    path("versions/bring", views.bring_version, name="bring_version"),
    re_path(
        r"^versions/(?P<pk>[0-9a-f-]{36})/(?P<verb>use|forget)$",
        views.change_version,
        name="version",
    ),
    path("versions/<uuid:pk>/export", views.export_version, name="export"),
]
