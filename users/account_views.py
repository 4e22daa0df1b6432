"""The account itself: name, data, and the way out."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from users import privacy, services
from users.export import archive
from users.forms import EraseForm, NameForm


@login_required
def account(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST or None, instance=request.user)
    if form.is_valid():
        name = form.cleaned_data["first_name"]
        services.change_name(person=request.user, name=name)
        messages.success(request, _("Kept."))
        return redirect("users:account")
    status = 422 if form.is_bound else 200
    return render(request, "users/account.html", {"form": form}, status=status)


@login_required
def data(request: HttpRequest) -> HttpResponse:
    return render(request, "users/data.html")


@login_required
@require_POST
def download(request: HttpRequest) -> HttpResponse:
    name, content_type, content = archive(request.user)
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@sensitive_post_parameters("password")
@login_required
def erase(request: HttpRequest) -> HttpResponse:
    form = EraseForm(request.POST or None, person=request.user)
    guesses = ratelimit.consume(request, action="reauthenticate")
    if form.is_bound and not guesses:
        form.add_error(None, _("Too many tries. Wait a minute and try again."))
    elif form.is_valid():
        try:
            services.erase_account(person=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            logout(request)
            # Unlike after a log-out, unsent words in this browser go as well.
            request.person_left = '"cache", "storage"'
            messages.success(request, _("Your account and all that was in it is gone."))
            return redirect("account_login")
    context = {"form": form, "counts": privacy.counts(request.user)}
    status = 422 if form.is_bound else 200
    return render(request, "users/erase.html", context, status=status)
