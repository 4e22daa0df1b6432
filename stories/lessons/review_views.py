"""Pages on which a teacher reads, changes and approves one story."""

from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_POST

from stories.lessons import editing, epub, services
from stories.lessons.models import Question, Tale
from stories.services.refused import Refused
from users.classrooms.views import teachers_only

SOURCES = {
    "model": _lazy("Storyloom"),
    "begun": _lazy("Storyloom, from a given beginning"),
    "fact": _lazy("your fact, word for word"),
    "composed": _lazy("composed by rule from your words"),
    "teacher": _lazy("you"),
}
RULES = {
    "unsuitable": _lazy("a word to look at"),
    "crisis": _lazy("sounds like someone in danger"),
    "classmate": _lazy("the name of another child"),
    "contact": _lazy("an address or a number"),
}
MISSED = {
    "level": _lazy("the reading level"),
    "words": _lazy("a target word in three different sentences"),
    "hero": _lazy("the hero's name"),
    "interest": _lazy("an interest of the pupil"),
    "facts": _lazy("a fact word for word"),
}


def with_tale(view):
    """Give the view a story of the teacher's own classes instead of its id."""

    @teachers_only
    @wraps(view)
    def inner(request: HttpRequest, tale_id: int, **kwargs) -> HttpResponse:
        tales = Tale.objects.taught_by(request.user)
        tales = tales.select_related("lesson__classroom", "pupil")
        return view(request, get_object_or_404(tales, pk=tale_id), **kwargs)

    return inner


@with_tale
@require_GET
def tale(request: HttpRequest, tale: Tale) -> HttpResponse:
    services.look_at(tale=tale, teacher=request.user)
    return show(request, tale)


def show(request: HttpRequest, tale: Tale, status=200, **typed) -> HttpResponse:
    questions = list(tale.questions.all())
    for question in questions:
        question.tale = tale
    context = {
        "tale": tale,
        "lesson": tale.lesson,
        "classroom": tale.lesson.classroom,
        "questions": questions,
        "paragraphs": [
            [line | {"by": SOURCES[line["source"]]} for line in lines]
            for lines in tale.paragraphs
        ],
        "flags": [
            flag | {"number": n, "says": RULES[flag["rule"]]}
            for n, flag in enumerate(tale.flags)
        ],
        "missed": [MISSED[name] for name in tale.report.get("missed", [])],
        "sources": SOURCES,
        "others": tale.lesson.tales.exclude(pk=tale.pk).select_related("pupil"),
        "title": tale.title,
        "text": tale.text,
        **typed,
    }
    return render(request, "stories/lessons/tale.html", context, status=status)


def version_of(request: HttpRequest) -> int:
    said = request.POST.get("version", "")
    return int(said) if said.isdecimal() and len(said) < 9 else -1


def here(tale: Tale, part: str = "") -> HttpResponse:
    response = redirect("lessons:tale", tale.pk)
    if part:
        response["Location"] += f"#{part}"
    return response


@with_tale
@require_POST
def edit(request: HttpRequest, tale: Tale) -> HttpResponse:
    title, text = request.POST.get("title", ""), request.POST.get("text", "")
    try:
        editing.edit_tale(
            tale=tale, version=version_of(request), title=title, text=text
        )
    except Refused as refused:
        messages.error(request, refused.sentence)
        return show(request, tale, 422, title=title, text=text)
    messages.success(request, _("Kept. It must be approved anew."))
    return here(tale)


@with_tale
@require_POST
def decide(request: HttpRequest, tale: Tale) -> HttpResponse:
    number = request.POST.get("number", "")
    try:
        editing.decide(
            tale=tale,
            version=version_of(request),
            number=int(number) if number.isdecimal() and len(number) < 9 else -1,
            fine=request.POST.get("fine") == "yes",
            why=request.POST.get("why", ""),
        )
    except Refused as refused:
        messages.error(request, refused.sentence)
    return here(tale, "marks")


@with_tale
@require_POST
def meaning(request: HttpRequest, tale: Tale) -> HttpResponse:
    try:
        editing.change_meaning(
            tale=tale,
            version=version_of(request),
            word=request.POST.get("word", ""),
            meaning=request.POST.get("meaning", ""),
        )
    except Refused as refused:
        messages.error(request, refused.sentence)
    return here(tale, "words")


def question_of(tale: Tale, question_id: int) -> Question:
    return get_object_or_404(tale.questions.select_related("tale"), pk=question_id)


@with_tale
@require_POST
def question(request: HttpRequest, tale: Tale, question_id: int) -> HttpResponse:
    asked = question_of(tale, question_id)
    version = version_of(request)
    try:
        if request.POST.get("then") == "remove":
            editing.remove_question(question=asked, version=version)
        else:
            editing.edit_question(
                question=asked,
                version=version,
                text=request.POST.get("text", ""),
                options=request.POST.get("options", "").splitlines(),
                key=request.POST.get("key", ""),
                evidence=request.POST.get("evidence", ""),
            )
    except Refused as refused:
        messages.error(request, refused.sentence)
    return here(tale, "questions")


@with_tale
@require_POST
def verb(request: HttpRequest, tale: Tale, name: str) -> HttpResponse:
    """Approve, assign, take back, make again: one button each."""
    try:
        if name == "approve":
            services.approve(tales=[tale], teacher=request.user)
        elif name == "assign":
            services.assign(tales=[tale], classroom=tale.lesson.classroom)
        elif name == "back":
            services.take_back(tale=tale)
        else:
            services.make_again(tale=tale)
            return redirect("lessons:lesson", tale.lesson_id)
    except Refused as refused:
        messages.error(request, refused.sentence)
    return here(tale)


@with_tale
@require_GET
def printed(request: HttpRequest, tale: Tale) -> HttpResponse:
    """On paper: the story with room to write; or its key, on a page of its own."""
    context = {
        "tale": tale,
        "classroom": tale.lesson.classroom,
        "questions": tale.questions.all(),
        "large": request.GET.get("large") == "1",
        "key": request.GET.get("key") == "1",
    }
    return render(request, "stories/lessons/printed.html", context)


@with_tale
@require_GET
def book(request: HttpRequest, tale: Tale) -> HttpResponse:
    response = HttpResponse(epub.book_of(tale), content_type="application/epub+zip")
    name = slugify(tale.title)[:60] or "story"
    response["Content-Disposition"] = f'attachment; filename="{name}.epub"'
    return response
