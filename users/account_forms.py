"""allauth's forms, in Storyloom's words."""

from allauth.account import forms as allauth
from django import forms
from django.utils.translation import gettext_lazy as _

PASSWORD_HINT = _("At least 8 characters, and not a common word or your e-mail.")


class PlainForm:
    """Labels above the fields say what belongs there; nothing repeats inside them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in {"email", "login"}:
                field.label = _("E-mail")


class LoginForm(PlainForm, allauth.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""  # the page links to the reset itself


class SignupForm(PlainForm, allauth.SignupForm):
    first_name = forms.CharField(
        label=_("Name (optional)"),
        max_length=150,
        required=False,
        help_text=_("What Storyloom calls you."),
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    field_order = ["first_name", "email", "password1"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HINT


class ChangePasswordForm(PlainForm, allauth.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HINT


class ResetPasswordForm(PlainForm, allauth.ResetPasswordForm):
    pass


class NewPasswordForm(PlainForm, allauth.ResetPasswordKeyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HINT


class ReauthenticateForm(PlainForm, allauth.ReauthenticateForm):
    pass
