"""A person's profile in three short steps, each editable later."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from users import services
from users.choices import LIGHT, PACE, TONES, VALUES, leaning, value_label
from users.forms import ExperienceForm, ToneForm, ValueForm
from users.models import Experience
from users.safety.screen import may_need_help

STEPS = [
    ("users:experiences", gettext_lazy("Experiences")),
    ("users:values", gettext_lazy("Values")),
    ("users:tone", gettext_lazy("Tone")),
]


def step(request, name: str, number: int, **context) -> HttpResponse:
    status = 422 if context.pop("refused", False) else 200
    context |= {"steps": STEPS, "number": number}
    return render(request, f"users/{name}.html", context, status=status)


@login_required
@require_GET
def profile(request: HttpRequest) -> HttpResponse:
    told = services.profile_of(request.user)
    experiences = request.user.experiences.all()
    context = {
        "profile": told,
        "values": [value_label(value) for value in told.values],
        "tones": [
            *(TONES[tone] for tone in told.tones if tone in TONES),
            *filter(None, (leaning(told.valence, *LIGHT), leaning(told.energy, *PACE))),
        ],
        "experiences": experiences[:3],
        "experience_count": experiences.count(),
    }
    return render(request, "users/profile.html", context)


# --- step 1 -------------------------------------------------------------------
@login_required
def experiences(request: HttpRequest) -> HttpResponse:
    going_on = request.POST.get("then") == "next"
    if going_on and not request.POST.get("what", "").strip():
        return redirect("users:values")
    form = ExperienceForm(request.POST or None)
    if form.is_valid() and keep(form, person=request.user):
        messages.success(request, _("Kept."))
        return redirect("users:values" if going_on else "users:experiences")
    return step(
        request,
        "experiences",
        1,
        form=form,
        experiences=request.user.experiences.all(),
        refused=form.is_bound,
    )


def keep(form: ExperienceForm, **owner) -> bool:
    """Add or change it; a refusal becomes the form's own error."""
    try:
        if form.instance.pk:
            services.edit_experience(experience=form.instance, **form.cleaned_data)
        else:
            services.add_experience(**owner, **form.cleaned_data)
    except ValidationError as refusal:
        form.add_error(None, refusal)
    return not form.errors


def own_experience(request: HttpRequest, pk: int) -> Experience:
    return get_object_or_404(Experience.objects.owned_by(request.user), pk=pk)


@login_required
def experience(request: HttpRequest, pk: int) -> HttpResponse:
    form = ExperienceForm(request.POST or None, instance=own_experience(request, pk))
    if form.is_valid() and keep(form):
        messages.success(request, _("Kept."))
        return redirect("users:experiences")
    return step(request, "experience", 1, form=form, refused=form.is_bound)


@login_required
@require_POST
def delete_experience(request: HttpRequest, pk: int) -> HttpResponse:
    services.delete_experience(experience=own_experience(request, pk))
    messages.success(request, _("Deleted."))
    return redirect("users:experiences")


# --- step 2 -------------------------------------------------------------------
@login_required
def values(request: HttpRequest) -> HttpResponse:
    form = ValueForm(request.POST or None)
    if form.is_valid() and change_values(request, form):
        if request.POST.get("then") == "next":
            return go_to(request, reverse("users:tone"))
        if not request.htmx:
            return redirect(reverse("users:values") + "#values")
        form = ValueForm()
    chosen = services.profile_of(request.user).values
    context = {
        "form": form,
        "chosen": [(value, value_label(value)) for value in chosen],
        "suggested": [(*item, item[0] in chosen) for item in VALUES.items()],
        "care": any(may_need_help(value) for value in chosen),
        # The row with the pressed button is gone: say where the focus goes.
        "dropped": "without" in request.POST,
    }
    if request.htmx:
        return render(request, "users/_values.html", context)
    return step(request, "values", 2, **context, refused=form.is_bound)


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def change_values(request: HttpRequest, form: ValueForm) -> bool:
    """One button of the page: each names what it does and to which value."""
    person, asked = request.user, request.POST
    try:
        if value := asked.get("pick"):
            services.add_value(person=person, value=value)
        elif value := asked.get("up"):
            services.move_value(person=person, value=value, up=True)
        elif value := asked.get("down"):
            services.move_value(person=person, value=value, up=False)
        elif value := asked.get("without") or asked.get("drop"):
            services.drop_value(person=person, value=value)
        elif form.cleaned_data["value"] or asked.get("then") != "next":
            services.add_value(person=person, value=form.cleaned_data["value"])
    except ValidationError as refusal:
        form.add_error("value", refusal)
    return not form.errors


# --- step 3 -------------------------------------------------------------------
@login_required
def tone(request: HttpRequest) -> HttpResponse:
    told = services.profile_of(request.user)
    initial = {
        "tones": told.tones,
        "valence": told.valence,
        "energy": told.energy,
        "avoid": "\n".join(told.avoid),
    }
    form = ToneForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.set_tone(person=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("avoid", refusal)
        else:
            messages.success(request, _("Kept. It shapes the next passage."))
            return redirect("users:profile")
    return step(request, "tone", 3, form=form, refused=form.is_bound)
