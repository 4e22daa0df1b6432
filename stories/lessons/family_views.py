"""The family's page: what is given out to one pupil, to read; nothing else.

No answers, no time, no progress, no names of others; gone when the link is.
"""

from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from stories.lessons import shown
from stories.lessons.models import Tale
from users.classrooms.models import FamilyLink


def with_link(view):
    @never_cache
    @require_GET
    @wraps(view)
    def inner(request: HttpRequest, token: str, **kwargs) -> HttpResponse:
        links = FamilyLink.objects.filter(
            revoked_at=None, pupil__classroom__archived_at=None
        )
        link = get_object_or_404(links.select_related("pupil"), token=token)
        response = view(request, link, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"  # the address is the key
        return response

    return inner


@with_link
def shelf(request: HttpRequest, link: FamilyLink) -> HttpResponse:
    tales = Tale.objects.assigned_to(link.pupil).order_by("-assigned_at")
    context = {"link": link, "pupil": link.pupil, "tales": tales}
    return render(request, "stories/lessons/family.html", context)


@with_link
def tale(request: HttpRequest, link: FamilyLink, tale_id: int) -> HttpResponse:
    tale = get_object_or_404(Tale.objects.assigned_to(link.pupil), pk=tale_id)
    context = {
        "link": link,
        "pupil": link.pupil,
        "tale": tale,
        "paragraphs": shown.paragraphs(tale),
    }
    return render(request, "stories/lessons/family_tale.html", context)
