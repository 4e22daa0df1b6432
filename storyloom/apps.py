from django.apps import AppConfig


class StoryloomConfig(AppConfig):
    name = "storyloom"
