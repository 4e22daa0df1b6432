"""A pupil's account opens the reading pages and nothing else.

Whatever page is added later is closed to pupils until it is named here, so no
private profile, editor, adapter or mood can be reached from a class by accident.
"""

from django.http import Http404
from django.shortcuts import redirect

from users.models import Role

SPACES = {"reading"}
DOORS = {"account_logout", "stories:words", "door:join"}
HOMES = {"home", "stories:library", "account_login", "account_signup"}
HOME = "reading:shelf"


class PupilSpace:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        match = request.resolver_match
        if match.view_name in DOORS:  # first: asking who it is makes a page personal
            return None
        person = request.user
        if not person.is_authenticated or person.role != Role.PUPIL:
            return None
        if match.view_name in HOMES and request.method == "GET":
            return redirect(HOME)
        if SPACES & set(match.namespaces):
            return None
        raise Http404
