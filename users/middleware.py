"""Pages about a person stay out of every cache."""

from django.utils.cache import add_never_cache_headers


class PersonalPages:
    """`no-store` wherever someone was logged in; a clean cache when they leave.

    Logging out clears the cache only: clearing "storage" too would delete the
    unsent words that the editor keeps in the browser, and nothing may be lost.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if clear := getattr(request, "person_left", ""):
            response["Clear-Site-Data"] = clear
        if "Cache-Control" not in response and self.is_personal(request):
            add_never_cache_headers(response)
        return response

    def is_personal(self, request) -> bool:
        return request.session.accessed and request.user.is_authenticated
