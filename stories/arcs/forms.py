"""A tone of one's own, as a form."""

from django import forms
from django.utils.translation import gettext_lazy as _

from users.choices import LIGHT, PACE
from users.forms import Unpunctuated, slider


class ToneForm(Unpunctuated, forms.Form):
    name = forms.CharField(
        label=_("Its name"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = forms.CharField(
        label=_("In your words"),
        help_text=_("Larger models read this beside the nearest tone they know."),
        max_length=200,
        required=False,
    )
    valence = slider(_("Mood"), *LIGHT)
    energy = slider(_("Pace"), *PACE)

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("initial", {"valence": 0, "energy": 0})
        super().__init__(*args, **kwargs)
