"""Pages of lessons for teachers: plan, make, and give out."""

from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stories.lessons import progress, services, starts
from stories.lessons.forms import GOALS, LessonForm
from stories.lessons.models import Lesson, Look, Made, Making, Review, Tale
from stories.lessons.words import guess_kind
from stories.services.refused import Refused
from users.classrooms.models import Classroom
from users.classrooms.views import teachers_only, with_class


def with_lesson(view):
    """Give the view a lesson of the teacher's own classes instead of its id."""

    @teachers_only
    @wraps(view)
    def inner(request: HttpRequest, lesson_id: UUID, **kwargs) -> HttpResponse:
        lessons = Lesson.objects.taught_by(request.user).select_related("classroom")
        return view(request, get_object_or_404(lessons, pk=lesson_id), **kwargs)

    return inner


@with_class
@require_GET
def shelf(request: HttpRequest, classroom: Classroom) -> HttpResponse:
    lessons = classroom.lessons.annotate(
        tale_count=Count("tales"),
        ready=Count("tales", filter=Q(tales__made=Made.READY)),
        given=Count("tales", filter=Q(tales__review=Review.ASSIGNED)),
    )
    context = {"classroom": classroom, "lessons": lessons}
    return render(request, "stories/lessons/shelf.html", context)


@with_class
def plan(request: HttpRequest, classroom: Classroom) -> HttpResponse:
    """A new lesson; what the class got wrong last is its default."""
    if request.method == "POST":
        form = LessonForm(request.POST)
        if form.is_valid():
            try:
                lesson = services.plan_lesson(
                    classroom=classroom, teacher=request.user, **form.asked()
                )
            except Refused as refused:
                tell(form, refused)
            else:
                return redirect("lessons:lesson", lesson.pk)
        return show_plan(request, classroom, form, status=422)
    needed = progress.words_to_practise(progress.of_class(classroom))
    words = [{"word": word, "kind": guess_kind(word)} for word in needed[:2]]
    return show_plan(request, classroom, LessonForm(words=words), needed=needed[:2])


def show_plan(request, classroom, form, status=200, **more) -> HttpResponse:
    context = {"classroom": classroom, "form": form, "goals": GOALS, **more}
    return render(request, "stories/lessons/plan.html", context, status=status)


def tell(form: LessonForm, refused: Refused) -> None:
    """At its field, if the form has it."""
    field = refused.code if refused.code in form.fields else None
    form.add_error(field, refused.sentence)


@with_lesson
def change(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    form = LessonForm(
        request.POST or None,
        instance=lesson,
        initial={"facts": "\n".join(lesson.facts)},
        words=lesson.words,
    )
    if request.method == "POST" and form.is_valid():
        try:
            fresh = Lesson.objects.get(pk=lesson.pk)  # the form has written on ours
            services.change_plan(lesson=fresh, **form.asked())
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Kept. New stories follow the new plan."))
            return redirect("lessons:lesson", lesson.pk)
    status = 422 if form.is_bound else 200
    return show_plan(request, lesson.classroom, form, status, lesson=lesson)


@with_lesson
@require_GET
def lesson(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    services.recover(lesson=lesson)
    context = context_of(request, lesson)
    if lesson.for_each and not context["tales"]:
        context["starts"] = starts.of(lesson)
    return render(request, "stories/lessons/lesson.html", context)


@with_lesson
@require_GET
def tales(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """The list of stories while they are being made, for a page that asks again."""
    services.recover(lesson=lesson)
    return render(request, "stories/lessons/_tales.html", context_of(request, lesson))


def context_of(request: HttpRequest, lesson: Lesson) -> dict:
    rows = list(lesson.tales.select_related("pupil"))
    seen = Look.objects.filter(teacher=request.user, tale__in=rows)
    looks = dict(seen.values_list("tale", "version"))
    for tale in rows:
        tale.lesson = lesson
        tale.opened = looks.get(tale.pk) == tale.version
    made = sum(tale.made == Made.READY for tale in rows)
    pupils = lesson.classroom.pupils.count()
    wanted = lesson.for_class + pupils * lesson.for_each
    return {
        "lesson": lesson,
        "classroom": lesson.classroom,
        "tales": rows,
        "made": made,
        "percent": sum(100 if t.made == Made.READY else t.share for t in rows)
        // max(1, len(rows)),
        "missing": wanted - made,
        "busy": lesson.status in (Making.QUEUED, Making.WORKING),
        "to_assign": sum(t.review == Review.REVIEWED for t in rows),
        "to_approve": sum(
            t.made == Made.READY and t.review == Review.DRAFT for t in rows
        ),
    }


def back(lesson: Lesson) -> HttpResponse:
    return redirect("lessons:lesson", lesson.pk)


@with_lesson
@require_POST
def make(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """Make what is missing: the first time, after a stop, after a failure."""
    try:
        services.make_tales(lesson=lesson)
    except Refused as refused:
        messages.error(request, refused.sentence)
    return back(lesson)


@with_lesson
@require_POST
def stop(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    services.stop(lesson=lesson)
    messages.success(request, _("It stops. What is ready stays."))
    return back(lesson)


@with_lesson
@require_POST
def delete(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    services.delete_lesson(lesson=lesson)
    messages.success(request, _("The lesson is deleted."))
    return redirect("lessons:shelf", lesson.classroom_id)


def chosen(request: HttpRequest, lesson: Lesson) -> list[Tale]:
    ids = [int(pk) for pk in request.POST.getlist("tale") if pk.isdecimal()]
    tales = lesson.tales.filter(pk__in=ids[:500]).prefetch_related("questions__tale")
    return list(tales)


@with_lesson
@require_POST
def approve(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    try:
        count = services.approve(tales=chosen(request, lesson), teacher=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("%(n)d approved.") % {"n": count})
    return back(lesson)


@with_lesson
@require_POST
def assign(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    try:
        count = services.assign(
            tales=chosen(request, lesson), classroom=lesson.classroom
        )
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("%(n)d given to the pupils.") % {"n": count})
    return back(lesson)
