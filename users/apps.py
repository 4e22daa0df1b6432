from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin import apps as admin_apps


class UsersConfig(AppConfig):
    name = "users"

    def ready(self):
        from users import privacy  # noqa: F401 (registers)
        from users.classrooms import privacy as classes  # noqa: F401 (registers)


class AdminConfig(admin_apps.AdminConfig):
    default = False  # an app of its own in the settings, not this one's
    default_site = "users.site.AdminSite"

    def ready(self):
        super().ready()
        from allauth.account.models import EmailAddress
        from django.contrib.auth.models import Group

        # Roles say what someone may do, and addresses belong to their account: these
        # lists would only be a second, unlogged way to change both.
        admin.site.unregister([EmailAddress, Group])
