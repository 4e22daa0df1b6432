"""allauth's forms, in Storyloom's words."""

from allauth.account import forms as allauth
from django import forms
from django.utils.translation import gettext_lazy as _

PASSWORD_HINT = _("At least 8 characters, and not a common word or your e-mail.")
LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "oldpassword": _("Your password now"),
    "password": _("Password"),
    "password1": _("New password"),
    "password2": _("New password, again"),
}


class PlainForm:
    """Labels above the fields say what belongs there; nothing repeats inside them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            if isinstance(field.widget, forms.PasswordInput):
                field.help_text = PASSWORD_HINT if name == "password1" else ""


class LoginForm(PlainForm, allauth.LoginForm):
    pass


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
        self.fields["password1"].label = _("Password")


class ChangeEmailForm(PlainForm, allauth.AddEmailForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail")


class ChangePasswordForm(PlainForm, allauth.ChangePasswordForm):
    pass


class SetPasswordForm(PlainForm, allauth.SetPasswordForm):
    pass


class ResetPasswordForm(PlainForm, allauth.ResetPasswordForm):
    pass


class NewPasswordForm(PlainForm, allauth.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(PlainForm, allauth.ReauthenticateForm):
    pass
