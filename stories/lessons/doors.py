"""Who comes in to the pupil's pages, and to what."""

from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache

from stories.lessons import reading as verbs
from stories.lessons.models import Tale
from users.models import Role


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
