from django.apps import AppConfig


class StoryloomConfig(AppConfig):
    name = "storyloom"

    def ready(self):
        from storyloom import checks  # noqa: F401 (registers them)
