"""Pages of a person's voice. Fetching is authorising: nobody else's is found."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from training import ledger, reports, voices
from training.models import Adapter, Document, Example, TrainingRun
from training.voices.standing import is_stale
from training.voices.versions import packed

EXAMPLES = 30


def personal(view):
    """Logged in, and kept by no cache."""
    return never_cache(login_required(view))


# --- the voice ---------------------------------------------------------------------


@personal
@require_GET
def voice(request: HttpRequest) -> HttpResponse:
    ledger.refresh(request.user)
    standing = voices.standing_of(person=request.user)
    digests = ledger.digests(request.user)
    blind = voices.results(person=request.user)
    versions = [
        (
            version,
            is_stale(version, digests),
            version == standing.voice.adapter,
            blind.get(version.pk, []),
        )
        for version in Adapter.objects.owned_by(request.user).select_related("run")
    ]
    context = {
        "standing": standing,
        "versions": versions,
        **about(standing.run, standing),
    }
    return render(request, "training/voice.html", context)


@personal
@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    learns = "learns" in request.POST
    voices.let_learn(
        person=request.user, learns=learns, by_itself="by_itself" in request.POST
    )
    said = _("Kept. A model may learn from you.") if learns else _("Kept. None learns.")
    messages.success(request, said)
    return redirect("training:voice")


@personal
@require_POST
def compare(request: HttpRequest) -> HttpResponse:
    """Whether the editor asks now and then which of two is better."""
    blind = "blind" in request.POST
    voices.let_compare(person=request.user, blind=blind)
    said = _("It asks now and then.") if blind else _("It does not ask any more.")
    messages.success(request, said)
    return redirect("training:voice")


@personal
@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a file first."))
        return redirect("training:voice")
    try:
        document = voices.bring_text(
            person=request.user, name=file.name or "", content=file.read()
        )
    except voices.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("training:voice")
    count = document.examples.count()
    said = ngettext(
        "“%(title)s” is in the ledger, as %(n)d passage.",
        "“%(title)s” is in the ledger, as %(n)d passages.",
        count,
    )
    messages.success(request, said % {"title": document.title, "n": count})
    return redirect("training:ledger")


# --- the ledger --------------------------------------------------------------------


@personal
@require_GET
def show_ledger(request: HttpRequest) -> HttpResponse:
    ledger.refresh(request.user)
    examples = Example.objects.owned_by(request.user).select_related("document")
    only = request.GET.get("document", "")
    if only.isdecimal():
        examples = examples.filter(document=int(only))
    page = Paginator(examples.order_by("-written_at", "-pk"), EXAMPLES).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "only": only,
        "documents": ledger.documents(request.user),
        "standing": voices.standing_of(person=request.user),
    }
    return render(request, "training/ledger.html", context)


@personal
@require_POST
def change_example(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    example = get_object_or_404(
        Example.objects.owned_by(request.user).select_related("document"), pk=pk
    )
    if verb == "out":
        voices.take_out(example=example)
    else:
        voices.put_back(example=example)
    if request.htmx:
        return render(request, "training/_example.html", {"example": example})
    return back(request)


@personal
@require_POST
def change_document(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    document = get_object_or_404(Document, person=request.user, pk=pk)
    if verb == "forget":
        try:
            voices.forget_text(document=document)
        except voices.Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Forgotten, with all its passages."))
        return redirect("training:ledger")
    voices.allow_document(document=document, allowed=verb == "allow")
    return back(request)


def back(request: HttpRequest) -> HttpResponse:
    """To the page of the ledger one came from."""
    there = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(there, {request.get_host()}):
        return redirect(there)
    return redirect("training:ledger")


# --- runs --------------------------------------------------------------------------


def own_run(request: HttpRequest, run_id) -> TrainingRun:
    return get_object_or_404(TrainingRun.objects.owned_by(request.user), pk=run_id)


def about(run: TrainingRun | None, standing: voices.Standing | None = None) -> dict:
    """What the pages show of a run."""
    if run is None:
        return {"run": None}
    progress = run.progress or {}
    waiting = standing.waiting if standing else voices.waiting_of(run)
    return {
        "run": run,
        "open": run.status in TrainingRun.OPEN,
        "stage": reports.stage_of(progress),
        "percent": round(100 * progress.get("share", 0)),
        "curve": reports.curve(progress),
        "minutes": reports.minutes(waiting.seconds),
        "waiting": waiting,
        "findings": reports.findings(run.report),
        "figures": json.dumps(run.report, indent=1) if run.report else "",
        "adapter": getattr(run, "adapter", None),
    }


@personal
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    try:
        run = voices.start_run(person=request.user)
    except voices.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("training:voice")
    return redirect("training:run", run.pk)


@personal
@require_GET
def show_run(request: HttpRequest, run_id) -> HttpResponse:
    """The page, or for htmx only the part that changes while it learns."""
    run = own_run(request, run_id)
    standing = voices.standing_of(person=request.user)
    mine = standing if standing.run == run else None
    part = "training/_run.html" if request.htmx else "training/run.html"
    return render(request, part, about(run, mine))


@personal
@require_POST
def change_run(request: HttpRequest, run_id, verb: str) -> HttpResponse:
    run = own_run(request, run_id)
    verbs = {
        "cancel": voices.cancel_run,
        "pause": voices.pause_run,
        "resume": voices.resume_run,
    }
    verbs[verb](run=run)
    return redirect("training:run", run.pk)


# --- versions ----------------------------------------------------------------------


def own_version(request: HttpRequest, pk) -> Adapter:
    return get_object_or_404(Adapter.objects.owned_by(request.user), pk=pk)


@personal
@require_POST
def speak_plainly(request: HttpRequest) -> HttpResponse:
    voices.speak_plainly(person=request.user)
    messages.success(request, _("From now on the plain model writes."))
    return redirect("training:voice")


@personal
@require_POST
def change_version(request: HttpRequest, pk, verb: str) -> HttpResponse:
    version = own_version(request, pk)
    if verb == "forget":
        voices.forget_version(adapter=version)
        messages.success(request, _("That version is forgotten."))
        return redirect("training:voice")
    try:
        voices.use_version(adapter=version)
    except voices.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("From now on version %(number)d speaks for you.")
        messages.success(request, said % {"number": version.number})
    return redirect("training:voice")


@personal
@require_POST
def bring_version(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a file first."))
        return redirect("training:voice")
    try:
        version = voices.bring_version(person=request.user, content=file.read())
    except voices.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("It is version %(number)d, and is being checked.")
        messages.success(request, said % {"number": version.number})
    return redirect("training:voice")


@personal
@require_GET
def export_version(request: HttpRequest, pk) -> HttpResponse:
    version = own_version(request, pk)
    try:
        content = packed(adapter=version)
    except voices.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("training:voice")
    name = f"storyloom-voice-{version.number}.zip"
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
