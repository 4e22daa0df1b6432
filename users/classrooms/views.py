"""Pages of a class. Fetching is authorising: someone else's class is not found."""

from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from users.classrooms import services
from users.classrooms.forms import (
    ClassForm,
    NewClassForm,
    PupilForm,
    RosterForm,
    TeacherForm,
)
from users.classrooms.models import Classroom, may_teach


def teachers_only(view):
    """For everyone else the page is not there."""

    @never_cache
    @login_required
    @wraps(view)
    def inner(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not may_teach(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return inner


def with_class(view):
    """Give the view the teacher's own class instead of its id."""

    @teachers_only
    @wraps(view)
    def inner(request: HttpRequest, classroom_id: UUID, **kwargs) -> HttpResponse:
        mine = Classroom.objects.taught_by(request.user)
        return view(request, get_object_or_404(mine, pk=classroom_id), **kwargs)

    return inner


def with_pupil(view):
    @with_class
    @wraps(view)
    def inner(
        request: HttpRequest, classroom: Classroom, pupil_id: int, **kwargs
    ) -> HttpResponse:
        pupils = classroom.pupils.select_related("classroom", "account")
        return view(request, get_object_or_404(pupils, pk=pupil_id), **kwargs)

    return inner


def refused(form, refusal: ValidationError) -> None:
    """A refusal becomes the form's own error, at its field if it has one."""
    if hasattr(refusal, "error_dict"):
        for name, errors in refusal.message_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, refusal)


# --- classes ----------------------------------------------------------------------
@teachers_only
@require_GET
def classes(request: HttpRequest) -> HttpResponse:
    mine = Classroom.objects.taught_by(request.user)
    archived = request.GET.get("archived") == "1"
    shown = mine.filter(archived_at__isnull=not archived)
    context = {
        "classes": shown.annotate(pupil_count=Count("pupils", distinct=True)),
        "archived": archived,
        "has_archived": mine.exclude(archived_at=None).exists(),
        "form": NewClassForm(),
    }
    return render(request, "users/classrooms/classes.html", context)


@teachers_only
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    form = NewClassForm(request.POST)
    if form.is_valid():
        try:
            room = services.make_class(teacher=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refused(form, refusal)
        else:
            return redirect("classrooms:room", room.pk)
    context = {"form": form, "classes": []}
    return render(request, "users/classrooms/classes.html", context, status=422)


@with_class
@require_GET
def room(request: HttpRequest, classroom: Classroom) -> HttpResponse:
    return show_room(request, classroom)


def show_room(request, classroom, status=200, **forms) -> HttpResponse:
    context = {
        "classroom": classroom,
        "pupils": classroom.pupils.all(),
        "teachings": classroom.teachings.select_related("teacher"),
        "pupil_form": PupilForm(auto_id="pupil_%s"),
        "roster_form": RosterForm(auto_id="roster_%s"),
        "teacher_form": TeacherForm(auto_id="teacher_%s"),
        **forms,
    }
    return render(request, "users/classrooms/room.html", context, status=status)


@with_class
def change(request: HttpRequest, classroom: Classroom) -> HttpResponse:
    form = ClassForm(request.POST or None, instance=classroom)
    if form.is_valid():
        try:
            services.change_class(classroom=classroom, **form.cleaned_data)
        except ValidationError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Kept."))
            return redirect("classrooms:room", classroom.pk)
    context = {"classroom": classroom, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "users/classrooms/change.html", context, status=status)


@with_class
@require_POST
def change_code(request: HttpRequest, classroom: Classroom) -> HttpResponse:
    services.change_code(classroom=classroom)
    messages.success(request, _("The class has a new code. Print the cards again."))
    return redirect("classrooms:room", classroom.pk)


@with_class
@require_POST
def archive(request: HttpRequest, classroom: Classroom) -> HttpResponse:
    if classroom.archived_at:
        services.unarchive_class(classroom=classroom)
        messages.success(request, _("The class is open again."))
    else:
        services.archive_class(classroom=classroom)
        messages.success(request, _("The class is in the archive. Nothing is lost."))
    return redirect("classrooms:classes")


@with_class
@require_GET
def cards(request: HttpRequest, classroom: Classroom) -> HttpResponse:
    door = request.build_absolute_uri("/join")
    context = {
        "classroom": classroom,
        "pupils": classroom.pupils.all(),
        "door": door.partition("://")[2],
    }
    return render(request, "users/classrooms/cards.html", context)


@with_class
@require_POST
def add_teacher(request: HttpRequest, classroom: Classroom) -> HttpResponse:
    form = TeacherForm(request.POST, auto_id="teacher_%s")
    if form.is_valid():
        try:
            services.add_teacher(classroom=classroom, **form.cleaned_data)
        except ValidationError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("They can open the class now."))
            return redirect("classrooms:room", classroom.pk)
    return show_room(request, classroom, 422, teacher_form=form)


@with_class
@require_POST
def leave(request: HttpRequest, classroom: Classroom) -> HttpResponse:
    try:
        services.leave_class(classroom=classroom, teacher=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("classrooms:room", classroom.pk)
    messages.success(request, _("You have left the class."))
    return redirect("classrooms:classes")
