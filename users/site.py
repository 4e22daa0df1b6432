"""The admin's own doors lead to the same log-in, log-out and password pages."""

from allauth.account.decorators import secure_admin_login
from allauth.account.views import logout as account_logout
from django.contrib import admin
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


class AdminSite(admin.AdminSite):
    site_header = _("Storyloom administration")
    site_title = _("Storyloom")
    index_title = _("People and stories")
    enable_nav_sidebar = False

    def login(self, request, extra_context=None):
        return secure_admin_login(super().login)(request, extra_context=extra_context)

    def logout(self, request, extra_context=None):
        return account_logout(request)

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")
