from django.apps import AppConfig


class StoriesConfig(AppConfig):
    name = "stories"

    def ready(self):
        from stories import privacy  # noqa: F401 (registers our tables)
        from stories.lessons import privacy as lessons  # noqa: F401 (and those)
