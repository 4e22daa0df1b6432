from django.urls import path
from django.views.i18n import JavaScriptCatalog

app_name = "stories"
urlpatterns = [
    path("words.js", JavaScriptCatalog.as_view(), name="words"),
]
