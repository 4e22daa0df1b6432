"""Your turn: the editor, as a pupil has it."""

from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET

from stories import services, views
from stories.desks import Desk
from stories.lessons import reading as verbs
from stories.lessons.doors import with_reading
from stories.lessons.models import Reading, Writing
from stories.lessons.sentences import split
from stories.models import Passage, Story

ENDING = 3  # sentences of what was read, above what is written
NAMES = {False: "turn", True: "own"}


def desk_of(reading: Reading, story: Story, own: bool) -> Desk:
    name = f"reading:{NAMES[own]}"
    contact = reading.tale.lesson.classroom.contact_name
    return Desk(
        path=reverse(f"{name}_path", args=[reading.tale_id]),
        map=reverse(f"{name}_map", args=[reading.tale_id]),
        socket=f"/ws/turns/{story.pk}/",
        home=reverse("reading:shelf"),
        home_name=_lazy("My stories"),
        login=reverse("door:join"),
        tools="stories/lessons/_tools.html",
        blank="stories/lessons/_blank.html",
        machine=_lazy("Storyloom (a machine)"),
        machine_edited=_lazy("Storyloom (a machine), changed by you"),
        told=_("Your teacher and %(contact)s are told, so that someone can help.")
        % {"contact": contact}
        if contact
        else _("Your teacher is told, so that someone can help."),
        helped=reading.tale.lesson.writing == Writing.HELPED,
    )


def with_turn(view):
    """Give the view the story this pupil writes after reading."""

    @with_reading
    @require_GET
    @wraps(view)
    def inner(request: HttpRequest, reading: Reading, own: bool) -> HttpResponse:
        if reading.tale.lesson.writing == Writing.NONE:
            raise Http404
        story = verbs.open_turn(reading=reading, own=own)
        return view(request, story, desk_of(reading, story, own), reading)

    return inner


@with_turn
def editor(request: HttpRequest, story: Story, desk: Desk, reading) -> HttpResponse:
    services.open_story(story=story)
    context = {
        "story": story,
        "desk": desk,
        "path": views.shown_path(story),
        "tale": reading.tale,
        "ending": " ".join(split(reading.tale.text)[-ENDING:]),
        "own": story.turn.own,
    }
    return render(request, "stories/lessons/turn.html", context)


@with_turn
def show_path(request: HttpRequest, story: Story, desk: Desk, reading) -> HttpResponse:
    return views.draw_path(request, story, desk)


@with_turn
def show_map(request: HttpRequest, story: Story, desk: Desk, reading) -> HttpResponse:
    return views.draw_map(request, story)


def begun(reading: Reading) -> dict[str, Passage | None]:
    """The last words of each, for the page that leads here."""
    stories = Story.objects.filter(turn__reading=reading).select_related("turn", "tip")
    return {NAMES[story.turn.own]: story.tip for story in stories}
