from django.apps import AppConfig


class StoriesConfig(AppConfig):
    name = "stories"

    def ready(self):
        from stories import learnt, privacy  # noqa: F401 (register what is here)
        from stories.lessons import privacy as lessons  # noqa: F401 (and what is there)
