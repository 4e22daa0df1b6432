"""Pages on how a class is reading."""

import csv

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stories.lessons import progress
from stories.lessons.models import Answer, Question, Turn
from users.classrooms.models import Classroom
from users.classrooms.views import with_class, with_pupil
from users.classrooms.words import safe_cell


@with_class
@require_GET
def table(request: HttpRequest, classroom: Classroom) -> HttpResponse:
    lines = progress.of_class(classroom)
    context = {
        "classroom": classroom,
        "lines": lines,
        "kinds": progress.kinds_of_class(lines),
        "needed": progress.words_to_practise(lines)[:8],
    }
    return render(request, "stories/lessons/progress.html", context)


@with_class
@require_GET
def as_csv(request: HttpRequest, classroom: Classroom) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = slugify(classroom.name) or "class"
    response["Content-Disposition"] = f'attachment; filename="{name}-progress.csv"'
    response.write("\ufeff")  # so that spreadsheets read it as UTF-8
    out = csv.writer(response)
    kinds = [kind for kind in Question.Kind if kind != Question.Kind.OWN_LIFE]
    out.writerow(
        ["nickname", "level", "given", "read", "minutes"]
        + [f"{kind.value} {what}" for kind in kinds for what in ("right", "answered")]
        + ["words met", "words mastered", "to practise", "next level", "why"]
    )
    for line in progress.of_class(classroom):
        counts = [n for kind in kinds for n in line.kinds.get(kind.value, [0, 0])]
        cells = [
            line.pupil.nickname, line.pupil.level, line.given, line.read, line.minutes,
            *counts, " ".join(line.met), " ".join(line.mastered),
            " ".join(line.to_practise), line.suggested, line.why,
        ]  # fmt: skip
        out.writerow([safe_cell(cell) for cell in cells])
    return response


@with_pupil
@require_GET
def pupil(request: HttpRequest, pupil) -> HttpResponse:
    """What one pupil read, answered and wrote."""
    readings = pupil.readings.select_related("tale__lesson").order_by("-opened_at")[:50]
    answers = Answer.objects.filter(reading__in=list(readings)).select_related(
        "question"
    )
    turns = Turn.objects.filter(reading__in=list(readings))
    by_reading: dict[int, dict[str, list]] = {
        reading.pk: {"answers": [], "turns": []} for reading in readings
    }
    for answer in answers:
        by_reading[answer.reading_id]["answers"].append(answer)
    for turn in turns:
        by_reading[turn.reading_id]["turns"].append(turn)
    context = {
        "pupil": pupil,
        "classroom": pupil.classroom,
        "readings": [(reading, by_reading[reading.pk]) for reading in readings],
        "line": line_of(pupil),
    }
    return render(request, "stories/lessons/pupil.html", context)


def line_of(pupil) -> progress.Line:
    for line in progress.of_class(pupil.classroom):
        if line.pupil.pk == pupil.pk:
            return line
    raise Http404


@with_pupil
@require_POST
def take_over(request: HttpRequest, pupil) -> HttpResponse:
    """The next story starts from what this pupil needs."""
    progress.take_over(line_of(pupil))
    messages.success(request, _("The next story starts from there."))
    return redirect("lessons:progress", pupil.classroom_id)
