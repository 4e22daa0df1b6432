"""Pages on who is in a class: the list that is brought, and each pupil."""

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from users import export
from users.classrooms import roster, services, words
from users.classrooms.forms import PupilForm, RosterForm
from users.classrooms.models import Classroom, Pupil
from users.classrooms.views import refused, show_room, with_class, with_pupil

ROSTER_SALT = "users.classrooms.roster"
AN_HOUR = 3600


# --- the roster -------------------------------------------------------------------
@with_class
@require_POST
def read_roster(request: HttpRequest, classroom: Classroom) -> HttpResponse:
    """The dry run: what the file would do, row by row."""
    form = RosterForm(request.POST, request.FILES, auto_id="roster_%s")
    if form.is_valid():
        data = form.cleaned_data["file"].read(roster.MOST_BYTES + 1)
        try:
            plan = roster.read(classroom=classroom, data=data)
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            context = {
                "classroom": classroom,
                "plan": plan,
                "adding": plan.count("add"),
                "changing": plan.count("change"),
                "token": signing.dumps(
                    [str(classroom.pk), roster.as_data(plan)],
                    salt=ROSTER_SALT,
                    compress=True,
                ),
            }
            return render(request, "users/classrooms/roster.html", context)
    return show_room(request, classroom, 422, roster_form=form)


@with_class
@require_POST
def bring_roster(request: HttpRequest, classroom: Classroom) -> HttpResponse:
    try:
        of, data = signing.loads(
            request.POST.get("token", ""), salt=ROSTER_SALT, max_age=AN_HOUR
        )
        if of != str(classroom.pk):
            raise signing.BadSignature
        added, changed = roster.bring(classroom=classroom, data=data)
    except signing.BadSignature:
        messages.error(request, _("Please choose the file once more."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        said = _("%(added)d added, %(changed)d changed.")
        messages.success(request, said % {"added": added, "changed": changed})
    return redirect("classrooms:room", classroom.pk)


# --- pupils -----------------------------------------------------------------------
@with_class
@require_POST
def add_pupil(request: HttpRequest, classroom: Classroom) -> HttpResponse:
    form = PupilForm(request.POST, auto_id="pupil_%s")
    if form.is_valid():
        try:
            add(classroom, form.cleaned_data)
        except ValidationError as refusal:
            refused(form, refusal)
        else:
            return redirect("classrooms:room", classroom.pk)
    return show_room(request, classroom, 422, pupil_form=form)


def add(classroom: Classroom, typed: dict) -> Pupil:
    profile = {
        "level": typed["level"],
        "pronoun": typed["pronoun"],
        "support": typed["support"],
        "interests": words.interests(typed["interests"]),
        "practise": words.to_practise(typed["practise"]),
    }
    return services.add_pupil(
        classroom=classroom, nickname=typed["nickname"], **profile
    )


@with_pupil
def pupil(request: HttpRequest, pupil: Pupil) -> HttpResponse:
    initial = {
        "nickname": pupil.nickname,
        "level": pupil.level,
        "pronoun": pupil.pronoun,
        "support": pupil.support,
        "interests": ", ".join(pupil.interests),
        "practise": ", ".join(pupil.practise),
    }
    form = PupilForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.change_pupil(pupil=pupil, **form.cleaned_data)
        except ValidationError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Kept."))
            return redirect("classrooms:room", pupil.classroom_id)
    link = pupil.family_links.filter(revoked_at=None).first()
    context = {
        "pupil": pupil,
        "classroom": pupil.classroom,
        "form": form,
        "family_url": link and request.build_absolute_uri(f"/family/{link.token}"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "users/classrooms/pupil.html", context, status=status)


@with_pupil
@require_POST
def reset_pictures(request: HttpRequest, pupil: Pupil) -> HttpResponse:
    services.reset_pictures(pupil=pupil)
    messages.success(request, _("They choose new pictures when they come in next."))
    return redirect("classrooms:pupil", pupil.classroom_id, pupil.pk)


@with_pupil
@require_POST
def remove_pupil(request: HttpRequest, pupil: Pupil) -> HttpResponse:
    services.remove_pupil(pupil=pupil)
    messages.success(request, _("The pupil and all that was kept of them is gone."))
    return redirect("classrooms:room", pupil.classroom_id)


@with_pupil
@require_POST
def family(request: HttpRequest, pupil: Pupil) -> HttpResponse:
    if request.POST.get("then") == "close":
        services.close_family_link(pupil=pupil)
        messages.success(request, _("The family's link opens nothing any more."))
    else:
        services.open_family_link(pupil=pupil)
        messages.success(request, _("Give this link to the family only."))
    return redirect("classrooms:pupil", pupil.classroom_id, pupil.pk)


@with_pupil
@require_POST
def give(request: HttpRequest, pupil: Pupil) -> HttpResponse:
    """All that is held of this pupil, for the child or the family that asks."""
    name, kind, data = export.archive(pupil.account)
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
