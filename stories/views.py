"""Pages of a story. Fetching is authorising: someone else's story is not found."""

from functools import wraps
from itertools import pairwise
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from stories import exchange, library, prompts, services, tree
from stories import map as story_map
from stories.arcs import tones
from stories.desks import Desk, own_desk
from stories.forms import ImportForm, NewStoryForm, SettingsForm
from stories.models import Author, Passage, Story, TurningPoint
from stories.services import words
from users.models import Experience, Profile

#: Few enough that a long story opens as fast as a short one.
SHOWN = 20
#: A tab that has scrolled far back refreshes at most this much of the path.
SHOWN_AT_MOST = 600
#: So many passages may come between two refreshes of a tab.
GROWN_AT_MOST = 20
CARDS = 24
#: The parts of a prompt, as stories.prompts names them, in a reader's words.
PARTS = {
    "preface": _lazy("What it is to do"),
    "settings": _lazy("Story settings"),
    "about you": _lazy("About you"),
    "experience": _lazy("An experience you told"),
    "names": _lazy("Names and places"),
    "note": _lazy("Your standing direction"),
    "story so far": _lazy("The story so far"),
    "ask": _lazy("What it was asked for"),
}


def personal(view):
    """Logged in, and kept by no cache."""
    return never_cache(login_required(view))


def with_story(view):
    """Give the view the person's own story instead of its id."""

    @personal
    @wraps(view)
    def inner(request: HttpRequest, story_id: UUID, **kwargs) -> HttpResponseBase:
        story = get_object_or_404(Story.objects.owned_by(request.user), pk=story_id)
        return view(request, story, **kwargs)

    return inner


@personal
@require_GET
def shelf(request: HttpRequest) -> HttpResponse:
    query = words.clean(request.GET.get("q", "")).strip()[:200]
    archived = request.GET.get("archived") == "1"
    stories = library.shelf(request.user, query=query, archived=archived)
    page = Paginator(stories, CARDS).get_page(request.GET.get("page"))
    context = {"page": page, "query": query, "archived": archived}
    if request.htmx and not request.htmx.boosted:
        return render(request, "stories/_shelf.html", context)
    context |= {
        "counts": library.counts(request.user),
        "new_story": NewStoryForm(auto_id="new_%s"),
        "import_form": ImportForm(auto_id="import_%s"),
        "unknown": is_unknown(request.user),
    }
    return render(request, "stories/library.html", context)


def is_unknown(person) -> bool:
    """Nothing is known yet that could shape this person's stories."""
    told = Experience.objects.owned_by(person), Profile.objects.filter(person=person)
    return not any(rows.exists() for rows in told)


@personal
@require_POST
def create(request: HttpRequest) -> HttpResponse:
    form = NewStoryForm(request.POST, auto_id="new_%s")
    if not form.is_valid():
        return render(request, "stories/new.html", {"new_story": form}, status=400)
    try:
        story = services.start_story(person=request.user, **form.cleaned_data)
    except services.Refused as refused:
        form.add_error(None, refused.sentence)
        return render(request, "stories/new.html", {"new_story": form}, status=400)
    return redirect("stories:editor", story.pk)


@personal
@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """Import a story from a file."""
    form = ImportForm(request.POST, request.FILES, auto_id="import_%s")
    if form.is_valid():
        file = form.cleaned_data["file"].read(exchange.MOST_BYTES + 1)
        try:
            data = exchange.read(file)
            story = exchange.import_story(person=request.user, data=data)
        except services.Refused as refused:
            form.add_error("file", refused.sentence)
        else:
            messages.success(request, _("The story is here, with all its branches."))
            return redirect("stories:editor", story.pk)
    return render(request, "stories/import.html", {"import_form": form}, status=400)


@with_story
@require_GET
def editor(request: HttpRequest, story: Story) -> HttpResponse:
    services.open_story(story=story)
    context = {
        "story": story,
        "desk": own_desk(story),
        "path": shown_path(story),
        "tones": tones.choices(request.user),
        "turns": TurningPoint.choices,
    }
    return render(request, "stories/editor.html", context)


@with_story
@require_GET
def show_path(request: HttpRequest, story: Story) -> HttpResponse:
    return draw_path(request, story, own_desk(story))


def draw_path(request: HttpRequest, story: Story, desk: Desk) -> HttpResponse:
    """The end of the path (`count` passages), or the part `before` a passage.

    With `from`, what a tab shows keeps its beginning while the end grows.
    """
    before = None
    if "before" in request.GET:
        before = get_object_or_404(
            story.passages.kept(), pk=number(request.GET["before"])
        )
    count = number(request.GET.get("count", SHOWN))
    limit = min(max(count, SHOWN), SHOWN_AT_MOST)
    if "from" in request.GET:
        path = shown_from(story, number(request.GET["from"]), limit)
    else:
        path = shown_path(story, limit, before)
    context = {"story": story, "path": path, "desk": desk}
    template = "stories/_earlier.html" if before else "stories/_path.html"
    return render(request, template, context)


def shown_path(
    story: Story, limit: int = SHOWN, before: Passage | None = None
) -> tree.Path:
    """The path, with a word on every passage that goes on from half a sentence."""
    shown = tree.path(story=story, limit=limit, before=before)
    for previous, passage in pairwise(shown.passages):
        told = prompts.Told(previous.text, previous.author)
        passage.goes_on = passage.author == Author.MODEL and prompts.is_half(
            told, story.form
        )
    return shown


def shown_from(story: Story, first: int, limit: int) -> tree.Path:
    """The path from a passage on, if the end is about `limit` passages from there."""
    shown = shown_path(story, limit + GROWN_AT_MOST)
    starts = [at for at, p in enumerate(shown.passages) if p.pk == first]
    start = starts[0] if starts else max(0, len(shown.passages) - limit)
    return tree.Path(shown.passages[start:], shown.has_more or start > 0)


def number(text: str | int) -> int:
    try:
        return int(text)
    except ValueError:
        raise Http404 from None


@with_story
@require_GET
def show_map(request: HttpRequest, story: Story) -> HttpResponse:
    return draw_map(request, story)


def draw_map(request: HttpRequest, story: Story) -> HttpResponse:
    groups = story_map.groups(tree.outline(story=story))
    context = {"story": story, "groups": groups}
    return render(request, "stories/_map.html", context)


def kept_passage(story: Story, passage_id: int) -> Passage:
    return get_object_or_404(story.passages.kept(), pk=passage_id)


@with_story
@require_GET
def compare(request: HttpRequest, story: Story, passage_id: int) -> HttpResponse:
    passage = kept_passage(story, passage_id)
    context = {"shown": passage, "alternatives": tree.alternatives(passage=passage)}
    return render(request, "stories/_compare.html", context)


@with_story
@require_GET
def saw(request: HttpRequest, story: Story, passage_id: int) -> HttpResponse:
    passage = kept_passage(story, passage_id)
    parts = [
        part | {"name": PARTS.get(part["part"], part["part"])}
        for part in passage.saw or []
    ]
    total = sum(part.get("tokens", 0) for part in parts)
    voice = passage.adapter.partition(" ")[0]  # the version's number
    context = {"passage": passage, "parts": parts, "total": total, "voice": voice}
    return render(request, "stories/_saw.html", context)


@with_story
@require_GET
def settings(request: HttpRequest, story: Story) -> HttpResponse:
    """The drawer. What is changed in it goes over the socket, as all else does."""
    form = SettingsForm(instance=story, auto_id="set_%s")
    return render(request, "stories/_settings.html", {"story": story, "form": form})


@with_story
@require_POST
def archive(request: HttpRequest, story: Story) -> HttpResponse:
    if story.archived_at:
        services.unarchive_story(story=story)
        messages.success(request, _("The story is back among your stories."))
    else:
        services.archive_story(story=story)
        messages.success(request, _("The story is in the archive now."))
    return redirect("stories:library")


@with_story
@require_POST
def delete(request: HttpRequest, story: Story) -> HttpResponse:
    services.delete_story(story=story)
    messages.success(request, _("The story is deleted."))
    return redirect("stories:library")


@with_story
@require_GET
def export(request: HttpRequest, story: Story, kind: str) -> HttpResponse:
    if kind == "json":
        response: HttpResponse = JsonResponse(
            exchange.export_story(story=story),
            json_dumps_params={"ensure_ascii": False, "indent": 1},
        )
    elif kind == "md":
        response = HttpResponse(
            exchange.as_markdown(story=story),
            content_type="text/markdown; charset=utf-8",
        )
    else:
        response = HttpResponse(
            exchange.as_text(story=story), content_type="text/plain; charset=utf-8"
        )
    name = slugify(story.title)[:60] or "story"
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
