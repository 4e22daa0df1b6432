"""The pupil's own pages. What is not given out to them is not there."""

from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from stories.lessons import reading as verbs
from stories.lessons import shown
from stories.lessons.models import Made, Reading, Tale, Turn, Writing
from stories.services.refused import Refused
from users.models import Role
from users.safety import may_need_help

FACES = [
    (1, "face1", _("not at all")),
    (2, "face2", _("not much")),
    (3, "face3", _("so so")),
    (4, "face4", _("I liked it")),
    (5, "face5", _("I loved it")),
]


def pupils_only(view):
    @never_cache
    @wraps(view)
    def inner(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect("door:join")
        if request.user.role != Role.PUPIL:
            raise Http404
        return view(request, request.user.pupil, *args, **kwargs)

    return inner


def with_reading(view):
    """Give the view the pupil's reading of a story that is given out to them."""

    @pupils_only
    @wraps(view)
    def inner(request: HttpRequest, pupil, tale_id: int, **kwargs) -> HttpResponse:
        tales = Tale.objects.assigned_to(pupil).select_related("lesson__classroom")
        tale = get_object_or_404(tales, pk=tale_id)
        reading = verbs.open_tale(tale=tale, pupil=pupil)
        reading.tale, reading.pupil = tale, pupil
        return view(request, reading, **kwargs)

    return inner


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
    verbs.recover_turns(reading)
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
        "may_ask": tale.lesson.writing == Writing.HELPED,
        **turns_of(reading),
        **typed,
    }
    return render(request, "stories/lessons/read.html", context, status=status)


def turns_of(reading: Reading) -> dict:
    turns = list(reading.turns.all())
    for turn in turns:
        turn.care = turn.by == Turn.By.PUPIL and may_need_help(turn.text)
    waiting = any(turn.made in (Made.WAITING, Made.WRITING) for turn in turns)
    return {
        "turns": [turn for turn in turns if not turn.own],
        "own_turns": [turn for turn in turns if turn.own],
        "thinking": waiting,
        "reading": reading,
    }


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


@with_reading
@require_POST
def write(request: HttpRequest, reading: Reading) -> HttpResponse:
    text = request.POST.get("text", "")
    own = request.POST.get("own") == "1"
    try:
        if request.POST.get("then") == "more":
            if text.strip():
                verbs.write_on(reading=reading, text=text, own=own)
            verbs.ask_for_more(reading=reading, own=own)
        else:
            verbs.write_on(reading=reading, text=text, own=own)
    except Refused as refused:
        messages.error(request, refused.sentence)
        typed = {"typed_own" if own else "typed_text": text}
        return show(request, reading, 422, **typed)
    return at(reading, "own" if own else "turn")


@with_reading
@require_GET
def turns(request: HttpRequest, reading: Reading) -> HttpResponse:
    verbs.recover_turns(reading)
    return render(request, "stories/lessons/_turns.html", turns_of(reading))


def at(reading: Reading, part: str) -> HttpResponse:
    response = redirect("reading:read", reading.tale_id)
    response["Location"] += f"#{part}"
    return response
