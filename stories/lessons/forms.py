"""What a teacher types about a lesson."""

from django import forms
from django.utils.translation import gettext_lazy as _

from stories.lessons.models import Form, Kind, Lesson
from stories.lessons.words import MOST_WORDS

GOALS = [
    _("Being kind to someone new"),
    _("Trying again after a mistake"),
    _("How plants grow"),
    _("Where rain comes from"),
    _("Sharing fairly"),
    _("Telling the truth"),
    _("Looking after animals"),
    _("Being brave and asking for help"),
]


class LessonForm(forms.ModelForm):
    facts = forms.CharField(
        label=_("Facts that must be told truly"),
        required=False,
        max_length=4000,
        help_text=_("One sentence a line. They are quoted word for word and marked."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = Lesson
        fields = ["title", "goal", "level", "own_level", "own_needs", "length", "tone",
                  "form", "for_class", "hero", "pronoun", "for_each",
                  "writing"]  # fmt: skip
        widgets = {
            "goal": forms.TextInput(attrs={"list": "goals", "autocomplete": "off"}),
            "title": forms.TextInput(attrs={"autocomplete": "off"}),
        }
        help_texts = {
            "goal": _("In your own words, or one from the list."),
            "own_level": _("Otherwise all stories have the level above."),
        }

    def __init__(self, *args, words: list[dict] | None = None, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["tone"].choices = [
            ("", _("as the story goes")),
            *self.fields["tone"].choices[1:],
        ]
        self.fields["form"].required = False
        self.rows = [self.row(n, (words or []) + [{}] * 9) for n in range(MOST_WORDS)]

    def clean_form(self) -> str:
        return self.cleaned_data["form"] or Form.STORY

    def row(self, number: int, words: list[dict]) -> "WordForm":
        bound = self.data if self.is_bound else None
        return WordForm(bound, prefix=f"word{number}", initial=words[number])

    def is_valid(self) -> bool:
        return all([super().is_valid(), *[row.is_valid() for row in self.rows]])

    def asked(self) -> dict:
        """For the services: every field, the rows of words among them."""
        return self.cleaned_data | {"words": [row.cleaned_data for row in self.rows]}


class WordForm(forms.Form):
    word = forms.CharField(label=_("Word"), required=False, max_length=80)
    kind = forms.ChoiceField(
        label=_("It is"),
        required=False,
        choices=[("", _("guess for me")), *Kind.choices],
    )
    meaning = forms.CharField(
        label=_("It means"), required=False, max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", use_required_attribute=False, **kwargs)
