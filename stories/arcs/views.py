"""The sheet with a story's arc (chart, table, plan), and the page of own tones."""

import json
from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from stories import services
from stories.arcs import chart as charts
from stories.arcs import shapes
from stories.arcs import tones as known
from stories.arcs.forms import ToneForm
from stories.arcs.models import OwnTone
from stories.arcs.services import add_tone, delete_tone, drop_arc, set_arc
from stories.models import Story
from stories.views import number, personal, with_story

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
    if refused:
        context |= asked(request)
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


def asked(request: HttpRequest) -> dict:
    """What was sent, as far as it makes sense: to be mended, not drawn anew."""
    plan = {"passages": request.POST.get("passages", "")}
    shape, points = request.POST.get("shape", ""), request.POST.get("points", "")
    with suppress(shapes.BadArc):
        arc = shapes.make_arc(shape, numbers(points))
        plan |= {"shape": shape, "points": json.dumps(list(arc.points))}
    return plan


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


@personal
@require_http_methods(["GET", "POST"])
def tones(request: HttpRequest) -> HttpResponse:
    """Tones of one's own: the list, and a form for one more."""
    form = ToneForm(request.POST or None)
    if form.is_valid():
        try:
            add_tone(person=request.user, **form.cleaned_data)
        except services.Refused as refused:
            form.add_error("name", refused.sentence)
        else:
            messages.success(request, _("Stories can be told in this tone now."))
            return redirect("stories:tones")
    own = OwnTone.objects.owned_by(request.user)
    context = {
        "form": form,
        "tones": [(tone, known.label(nearest_of(tone))) for tone in own],
        "shared": OwnTone.objects.filter(owner=None),
    }
    status = 400 if form.errors else 200
    return render(request, "stories/arcs/tones.html", context, status=status)


def nearest_of(tone: OwnTone) -> str:
    return known.nearest(tone.valence, tone.energy)


@personal
@require_POST
def drop_tone(request: HttpRequest, tone_id: int) -> HttpResponse:
    tone = get_object_or_404(OwnTone.objects.owned_by(request.user), pk=tone_id)
    nearest = known.label(nearest_of(tone))
    count = delete_tone(tone=tone)
    said = _("The tone is deleted.")
    if count:
        said = ngettext(
            "The tone is deleted. %(count)d story that used it goes on as %(tone)s.",
            "The tone is deleted. %(count)d stories that used it go on as %(tone)s.",
            count,
        ) % {"count": count, "tone": nearest}
    messages.success(request, said)
    return redirect("stories:tones")
