"""The pupil's own pages. What is not given out to them is not there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from stories.lessons import reading as verbs
from stories.lessons import shown, turn_views
from stories.lessons.doors import pupils_only, with_reading
from stories.lessons.models import Reading, Tale, Writing
from stories.services.refused import Refused

FACES = [
    (1, "face1", _("not at all")),
    (2, "face2", _("not much")),
    (3, "face3", _("so so")),
    (4, "face4", _("I liked it")),
    (5, "face5", _("I loved it")),
]


@pupils_only
@require_GET
def shelf(request: HttpRequest, pupil) -> HttpResponse:
    tales = list(Tale.objects.assigned_to(pupil).order_by("-assigned_at"))
    read = dict(
        Reading.objects.filter(pupil=pupil, tale__in=tales).values_list(
            "tale", "answered_at"
        )
    )
    for tale in tales:
        tale.is_read = read.get(tale.pk) is not None
    context = {"pupil": pupil, "tales": tales}
    return render(request, "stories/lessons/pupil_shelf.html", context)


@with_reading
@require_GET
def read(request: HttpRequest, reading: Reading) -> HttpResponse:
    return show(request, reading)


def show(request: HttpRequest, reading: Reading, status=200, **typed) -> HttpResponse:
    tale = reading.tale
    said = {answer.question_id: answer for answer in reading.answers.all()}
    questions = list(tale.questions.all())
    for question in questions:
        question.answer = said.get(question.pk)
    context = {
        "tale": tale,
        "reading": reading,
        "pupil": reading.pupil,
        "paragraphs": shown.paragraphs(tale),
        "questions": questions,
        "all_answered": bool(questions) and all(q.answer for q in questions),
        "faces": FACES,
        "may_write": tale.lesson.writing != Writing.NONE,
        "begun": turn_views.begun(reading),
        **typed,
    }
    return render(request, "stories/lessons/read.html", context, status=status)


@with_reading
@require_POST
def answer(request: HttpRequest, reading: Reading) -> HttpResponse:
    given = {
        int(name[1:]): value
        for name, value in request.POST.items()
        if name.startswith("q") and name[1:].isdecimal() and len(name) < 12
    }
    try:
        verbs.answer(reading=reading, answers=given)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return show(request, reading, 422, typed_answers=given)
    return at(reading, "questions")


@with_reading
@require_POST
def smile(request: HttpRequest, reading: Reading) -> HttpResponse:
    face = request.POST.get("smile", "")
    try:
        verbs.smile(reading=reading, smile=int(face) if face.isdecimal() else 0)
    except Refused as refused:
        messages.error(request, refused.sentence)
    return at(reading, "smile")


@with_reading
@require_POST
def stay(request: HttpRequest, reading: Reading) -> HttpResponse:
    said = request.POST.get("seconds", "")
    if said.isdecimal() and len(said) < 6:
        verbs.stay(reading=reading, seconds=int(said))
    return HttpResponse(status=204)


@with_reading
@require_POST
def look_up(request: HttpRequest, reading: Reading) -> HttpResponse:
    verbs.look_up(reading=reading, word=request.POST.get("word", ""))
    return HttpResponse(status=204)


def at(reading: Reading, part: str) -> HttpResponse:
    response = redirect("reading:read", reading.tale_id)
    response["Location"] += f"#{part}"
    return response
