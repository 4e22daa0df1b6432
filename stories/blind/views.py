"""The two passages of a blind test, without a word on whose they are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stories.blind.services import open_test, state_of
from stories.models import Story
from stories.views import with_story


@with_story
@require_GET
def pair(request: HttpRequest, story: Story) -> HttpResponse:
    test = open_test(story)
    ready = test is not None and state_of(test) == "ready"
    context = {"test": test if ready else None}
    return render(request, "stories/blind/_pair.html", context)
