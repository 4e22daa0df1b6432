"""What a person tells about themselves, as forms."""

from django import forms
from django.utils.translation import gettext_lazy as _

from users.choices import LIGHT, PACE, TONES
from users.models import Consent, Experience, User
from users.services import LONGEST_VALUE

CONSENT_MEANS = {
    Consent.NEVER: _("It stays on this page. No story and no model ever reads it."),
    Consent.PROMPT: _("Storyloom may read it while writing with you."),
    Consent.TRAIN: _("It may also teach the model that learns your voice."),
}


class Unpunctuated:
    """Labels without a colon: they stand above their fields."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


class ExperienceForm(Unpunctuated, forms.ModelForm):
    class Meta:
        model = Experience
        fields = ["what", "consent", "when", "where", "who", "felt"]
        widgets = {
            "what": forms.Textarea(attrs={"rows": 4}),
            "consent": forms.RadioSelect,
        }
        error_messages = {"what": {"required": _("Say what happened first.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["consent"].choices = Consent.choices  # no empty choice

    def consents(self):
        """Each radio button with what it means."""
        for radio in self["consent"]:
            yield radio, CONSENT_MEANS[radio.data["value"]]

    def details(self):
        return [self[name] for name in ("when", "where", "who", "felt")]

    def has_details(self) -> bool:
        return any(field.value() or field.errors for field in self.details())


class ValueForm(Unpunctuated, forms.Form):
    value = forms.CharField(
        label=_("Your own word"),
        max_length=LONGEST_VALUE,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def slider(label, low, high) -> forms.FloatField:
    field = forms.FloatField(
        label=label,
        min_value=-1,
        max_value=1,
        widget=forms.NumberInput(attrs={"type": "range", "step": 0.25}),
    )
    field.low, field.high = low, high
    return field


class ToneForm(Unpunctuated, forms.Form):
    tones = forms.MultipleChoiceField(
        label=_("Tones you like to write in"),
        choices=TONES.items(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    valence = slider(_("Mood"), *LIGHT)
    energy = slider(_("Pace"), *PACE)
    avoid = forms.CharField(
        label=_("Words and subjects to avoid"),
        help_text=_("One a line, or separated by commas."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_avoid(self) -> list[str]:
        lines = self.cleaned_data["avoid"].replace(",", "\n").splitlines()
        words = (" ".join(line.split()) for line in lines)
        return list(dict.fromkeys(word for word in words if word))


class NameForm(Unpunctuated, forms.ModelForm):
    class Meta:
        model = User
        fields = ["first_name"]


class EraseForm(Unpunctuated, forms.Form):
    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, person: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        if not self.person.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password."))
        return self.cleaned_data["password"]
