"""What a teacher types about a class, and a pupil to come in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from users.classrooms.models import Classroom, Level, Pronoun, Support
from users.classrooms.pictures import LENGTH, PICTURES


class ClassForm(forms.ModelForm):
    class Meta:
        model = Classroom
        fields = ["name", "contact_name", "contact_how", "contact_email", "joining"]
        help_texts = {
            "contact_name": _(
                "Who in the school is told when a child may need help. Nothing can "
                "be assigned without one."
            ),
            "contact_how": _("A room or a telephone number."),
            "contact_email": _(
                "They get a letter when something a pupil writes sounds like danger. "
                "None of the pupil's words are in it."
            ),
            "joining": _("Whoever has the class code can then add their nickname."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


class NewClassForm(ClassForm):
    class Meta(ClassForm.Meta):
        fields = ["name", "contact_name", "contact_how", "contact_email"]


class PupilForm(forms.Form):
    nickname = forms.CharField(
        label=_("Nickname"),
        max_length=60,
        help_text=_("Not the full name. No e-mail and no birthday is asked for."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    level = forms.ChoiceField(
        label=_("Reading level"), choices=Level.choices, initial=Level.EASY
    )
    pronoun = forms.ChoiceField(
        label=_("A story calls them"), choices=Pronoun.choices, initial=Pronoun.THEY
    )
    interests = forms.CharField(
        label=_("Interests"),
        required=False,
        max_length=500,
        help_text=_("With commas: dinosaurs, football, baking"),
    )
    support = forms.ChoiceField(
        label=_("Language support"), choices=Support.choices, required=False
    )
    practise = forms.CharField(
        label=_("Words to practise"), required=False, max_length=800
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


class RosterForm(forms.Form):
    file = forms.FileField(
        label=_("A class list (CSV)"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt"}),
        label_suffix="",
    )


class TeacherForm(forms.Form):
    email = forms.EmailField(label=_("E-mail of another teacher"), label_suffix="")


class JoinForm(forms.Form):
    code = forms.CharField(
        label=_("Class code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters",
                   "spellcheck": "false"}
        ),
    )  # fmt: skip
    nickname = forms.CharField(
        label=_("Your nickname"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for place in range(LENGTH):
            self.fields[f"picture{place}"] = forms.ChoiceField(
                choices=list(PICTURES.items()), required=False, widget=forms.RadioSelect
            )

    def chosen(self) -> list[str]:
        given = (self.cleaned_data.get(f"picture{n}") for n in range(LENGTH))
        return [name for name in given if name]

    def rows(self) -> list[list[tuple[str, str, str]]]:
        """For the page: the radios of each place, with the picture and its name."""
        return [
            [
                (radio, radio.data["value"], radio.choice_label)
                for radio in self[f"picture{place}"]
            ]
            for place in range(LENGTH)
        ]
