"""The pupils' door: one page, no account of one's own needed before."""

from secrets import token_urlsafe

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from users.classrooms import joining
from users.classrooms.forms import JoinForm

DEVICE = "storyloom_device"
A_YEAR = 365 * 24 * 3600


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    initial = {name: request.GET.get(name, "")[:40] for name in ("code", "nickname")}
    form = JoinForm(request.POST or None, initial=initial)
    status = 200
    if form.is_valid():
        try:
            pupil = joining.come_in(
                code=form.cleaned_data["code"],
                nickname=form.cleaned_data["nickname"],
                chosen=form.chosen(),
                visitor=visitor_of(request),
            )
        except joining.TooMany as refusal:
            form.add_error(None, refusal)
            status = 429
        except ValidationError as refusal:
            form.add_error(None, refusal)
            status = 422
        else:
            joining.log_in(request, pupil)
            return with_device(request, redirect("reading:shelf"))
    elif form.is_bound:
        status = 422
    page = render(request, "users/classrooms/join.html", {"form": form}, status=status)
    return with_device(request, page)


def visitor_of(request: HttpRequest) -> joining.Visitor:
    device = request.get_signed_cookie(DEVICE, default="")
    return joining.Visitor(get_adapter(request).get_client_ip(request), device)


def with_device(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A device is known by a random cookie that says nothing of who uses it."""
    if not request.get_signed_cookie(DEVICE, default=""):
        response.set_signed_cookie(
            DEVICE,
            token_urlsafe(16),
            max_age=A_YEAR,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response
