"""The sheet with a story's arc: the chart, its table, and the plan to choose."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stories import services
from stories.arcs import chart as charts
from stories.arcs import shapes
from stories.arcs.services import drop_arc, set_arc
from stories.models import Story
from stories.views import number, with_story

LET_IT_BE = "none"


@with_story
@require_http_methods(["GET", "POST"])
def arc(request: HttpRequest, story: Story) -> HttpResponse:
    said, refused = "", ""
    if request.method == "POST":
        try:
            said = keep(story, request)
        except services.Refused as no:
            refused = no.sentence
    context = sheet(request, story) | {"said": said, "refused": refused}
    status = 422 if refused else 200
    return render(request, "stories/arcs/_arc.html", context, status=status)


def keep(story: Story, request: HttpRequest) -> str:
    shape = request.POST.get("shape", "")
    if shape == LET_IT_BE:
        drop_arc(story=story)
        return _("The story takes its course.")
    set_arc(
        story=story,
        shape=shape,
        points=numbers(request.POST.get("points", "")),
        passages=whole(request.POST.get("passages", "")),
    )
    return _("Kept. The next passage follows it.")


def numbers(text: str):
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def whole(text: str) -> int | None:
    try:
        return int(text) if text else None
    except ValueError:
        return -1  # which no arc has: the service says so


def sheet(request: HttpRequest, story: Story) -> dict:
    other = None
    if request.GET.get("with"):
        other = get_object_or_404(story.passages.kept(), pk=number(request.GET["with"]))
    arc = shapes.arc_of(story.arc)
    return {
        "story": story,
        "arc": arc,
        "shape": arc.shape if arc else LET_IT_BE,
        "chart": charts.chart(story, other),
        "other": other,
        "branches": charts.branches(story),
        "shapes": [
            (name, shapes.NAMES[name], charts.spark(points), json.dumps(points))
            for name, points in shapes.SHAPES.items()
        ],
        "passages": arc.passages if arc else shapes.USUAL_PASSAGES,
        "points": json.dumps(list(arc.points) if arc else [0.0] * 5),
        "spark": charts.spark(arc.points) if arc else "",
        "shown_at_most": charts.SHOWN,
        "zero": charts.height(0),
        "width": charts.WIDTH,
        "high": charts.HEIGHT,
    }
