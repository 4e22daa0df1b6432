"""What Storyloom wants of allauth beyond its defaults."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from users import events
from users.models import Role, User
from users.sessions import end_sessions


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This e-mail and password do not belong together. Check both, or reset "
            "your password."
        ),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your password."),
        "too_many_login_attempts": _(
            "Too many tries for this account. Wait five minutes, or reset your "
            "password."
        ),
        "email_taken": _("An account with this e-mail exists. Log in instead."),
    }

    def _get_login_attempts_cache_key(self, request, **credentials) -> str:
        # allauth counts wrong guesses per account. Counted per account and address,
        # a stranger elsewhere cannot lock a person out of their own account.
        key = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{self.get_client_ip(request)}:{key}"

    def is_email_verified(self, request, email) -> bool:
        # Without letters nothing can be proved, so an address counts as it is given:
        # otherwise asking to change it would drop the old one at once.
        if settings.ACCOUNT_EMAIL_VERIFICATION == "none":
            return True
        return super().is_email_verified(request, email)

    def clean_email(self, email) -> str:
        User._meta.get_field("email").run_validators(email)  # its length, too
        return super().clean_email(email)

    def login(self, request, user) -> None:
        super().login(request, user)
        # Accounts made by an admin or on the command line have none yet.
        verified = self.is_email_verified(request, user.email)
        EmailAddress.objects.get_or_create(
            user=user,
            email=user.email,
            defaults={"primary": True, "verified": verified},
        )

    def get_logout_redirect_url(self, request) -> str:
        if request.user.is_authenticated and request.user.role == Role.PUPIL:
            return reverse("door:join")
        return super().get_logout_redirect_url(request)

    def logout(self, request) -> None:
        session_key = request.session.session_key
        super().logout(request)
        request.person_left = '"cache"'  # see users.middleware
        if session_key:
            events.session_ended(session_key)

    def set_password(self, user, password) -> None:
        super().set_password(user, password)
        end_sessions(user, keep=self.request.session.session_key)
