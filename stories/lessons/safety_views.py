"""What sounded like danger, over all the classes of a teacher."""

from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stories.lessons import letters
from stories.lessons import notices as verbs
from stories.lessons.models import Notice
from stories.services.refused import Refused
from users.classrooms.views import teachers_only

SEEN_KEPT = 30  # of those that were seen to, so many are listed


@teachers_only
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    mine = Notice.objects.taught_by(request.user).select_related(
        "pupil__classroom", "seen_by"
    )
    open_ones = list(mine.open()[:SEEN_KEPT])
    found = verbs.found([notice.pupil for notice in open_ones])
    for notice in open_ones:
        notice.found = found[notice.pupil_id]
        if notice.letter_due:
            letters.queue(notice)
    context = {
        "open_ones": open_ones,
        "seen": mine.exclude(seen_at=None).order_by("-seen_at")[:SEEN_KEPT],
        "outcomes": Notice.Outcome.choices,
    }
    return render(request, "stories/lessons/notices.html", context)


def with_notice(view):
    """Give the view a notice about a pupil of the teacher's own classes."""

    @teachers_only
    @wraps(view)
    def inner(request: HttpRequest, notice_id: int) -> HttpResponse:
        mine = Notice.objects.taught_by(request.user)
        return view(request, get_object_or_404(mine, pk=notice_id))

    return inner


@with_notice
@require_POST
def see_to(request: HttpRequest, notice: Notice) -> HttpResponse:
    outcome = request.POST.get("outcome", "")
    try:
        verbs.see_to(notice=notice, teacher=request.user, outcome=outcome)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("Kept."))
    return redirect("lessons:notices")
