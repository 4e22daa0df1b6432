"""Pages on how a class is reading."""

import csv
from collections import defaultdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stories.lessons import progress, written
from stories.lessons.models import Answer, Question
from users.classrooms.models import Classroom
from users.classrooms.views import with_class, with_pupil
from users.classrooms.words import safe_cell

SHOWN = 50  # readings of one pupil


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
    line = progress.of_pupil(pupil)
    readings = line.readings[::-1][:SHOWN]
    stories = written.of(readings)
    answers: dict[int, list[Answer]] = defaultdict(list)
    for answer in line.answers:
        answers[answer.reading_id].append(answer)
    context = {
        "pupil": pupil,
        "classroom": pupil.classroom,
        "readings": [
            (r, {"answers": answers[r.pk], "written": stories.get(r.pk, [])})
            for r in readings
        ],
        "line": line,
    }
    return render(request, "stories/lessons/pupil.html", context)


@with_pupil
@require_POST
def take_over(request: HttpRequest, pupil) -> HttpResponse:
    """The next story starts from what this pupil needs."""
    progress.take_over(progress.of_pupil(pupil))
    messages.success(request, _("The next story starts from there."))
    return redirect("lessons:progress", pupil.classroom_id)
