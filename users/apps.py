from django.apps import AppConfig
from django.contrib.admin import apps as admin


class UsersConfig(AppConfig):
    name = "users"

    def ready(self):
        from users import privacy  # noqa: F401 (registers)


class AdminConfig(admin.AdminConfig):
    default = False  # an app of its own in the settings, not this one's
    default_site = "users.site.AdminSite"
