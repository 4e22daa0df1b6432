"""What a person may type about a story."""

from django import forms
from django.utils.translation import gettext_lazy as _

from stories.arcs import tones
from stories.models import Form, Level, Story, Teller
from stories.services.rules import OWN
from training.genres import genres


class NewStoryForm(forms.ModelForm):
    opening = forms.CharField(
        label=_("How does it begin?"),
        required=False,
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    class Meta:
        model = Story
        fields = ["title", "form"]
        widgets = {
            "title": forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
            "form": forms.RadioSelect(choices=Form.choices),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["form"].required = False

    def clean_form(self):
        return self.cleaned_data["form"] or Form.STORY


class SettingsForm(forms.ModelForm):
    """How the settings drawer looks; each field is saved the moment it changes."""

    class Meta:
        model = Story
        fields = OWN.settings
        labels = {
            "form": _("It is a"),
            "teller": _("It is told by"),
            "level": _("The language is"),
            "strength": _("The tone is pursued"),
            "genre": _("It is told like"),
            "genre_strength": _("That is heard"),
            "note": _("A standing direction"),
            "length": _("A passage is"),
            "creativity": _("Storyloom writes"),
            "show_authors": _("Show who wrote what"),
        }
        help_texts = {
            "genre": _("Mixed with your own voice, at most half as loud."),
            "note": _("Storyloom keeps this in mind for every passage."),
        }
        widgets = {
            "note": forms.Textarea(attrs={"rows": 3}),
            "teller": forms.RadioSelect,
            "level": forms.RadioSelect,
            "tone": forms.Select,
            "strength": forms.RadioSelect,
            "genre": forms.Select,
            "genre_strength": forms.RadioSelect,
            "length": forms.RadioSelect,
            "creativity": forms.RadioSelect,
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for name, choices in (("teller", Teller.choices), ("level", Level.choices)):
            self.fields[name].widget.choices = [("", _("as it comes")), *choices]
        self.genres = genres()
        self.fields["genre"].widget.choices = [
            ("", _("nothing but itself")),
            *((genre.name, genre.label) for genre in self.genres),
        ]
        self.fields["tone"].widget.choices = [
            ("", _("as the story goes")),
            *tones.choices(self.instance.owner_id),
        ]


class ImportForm(forms.Form):
    file = forms.FileField(label=_("A story file"))
