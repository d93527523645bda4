"""People's own data: a copy, an erasure; and deciding on erasures."""

from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.pagination import paginate
from privacy import permissions, proof, services
from privacy.filters import SORT_LABELS, SORTS, ErasureFilter
from privacy.forms import ConfirmForm, DecisionForm, ErasureForm
from privacy.models import DataExport, ErasureRequest
from privacy.obstacles import may_be_erased
from privacy.retention import current_policy
from privacy.summary import gone_and_kept
from users.decorators import asks_password_again
from users.models import User

PER_PAGE = 25


def deciders_only(view):
    """For all others the address does not exist."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not permissions.can_decide(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@never_cache
@require_safe
def overview(request):
    """The newest copy and the newest wish of the person, and what can be done next."""
    user = request.user
    newest = DataExport.objects.filter(person=user).order_by("-created_at", "-id").first()
    asked = ErasureRequest.objects.filter(person=user).order_by("-created_at", "-id").first()
    context = {
        "export": newest,
        "can_download": newest is not None and newest.can_be_downloaded(request.now),
        "asked": asked,
    }
    return render(request, "privacy/overview.html", context)


@never_cache
@asks_password_again
@require_http_methods(["GET", "HEAD", "POST"])
def export(request):
    """Ask for a copy of one's own data."""
    if request.method == "POST":
        _start_export(request, request.user)
        return redirect("privacy:overview")
    return render(request, "privacy/export_confirm.html", {"form": ConfirmForm()})


@never_cache
@require_safe
def download(request, export_id):
    """The archive, for its person alone and while it is kept."""
    found = get_object_or_404(DataExport, pk=export_id)
    if not permissions.can_download(request.user, found) or not found.can_be_downloaded(
        request.now
    ):
        raise Http404
    try:
        file = found.file.open("rb")
    except OSError as error:
        raise Http404 from error
    services.note_download(found)
    name = f"my-data-{found.finished_at:%Y-%m-%d}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


@never_cache
@asks_password_again
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request):
    """Ask to be forgotten, after reading what goes and what stays."""
    if ErasureRequest.objects.open().filter(person=request.user).exists():
        return redirect("privacy:overview")
    decision = may_be_erased(request.user)
    form = ErasureForm(request.POST or None)
    if decision and form.is_valid():
        try:
            services.request_erasure(
                request.user,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=request.now,
            )
        except services.ErasureRefused as refused:
            messages.error(request, refused.decision.message)
        else:
            messages.success(
                request, _("Your wish is sent. You can take it back until it is approved.")
            )
        return redirect("privacy:overview")
    gone, kept = gone_and_kept()
    context = {
        "form": form,
        "decision": decision,
        "gone": gone,
        "kept": kept,
        "record_years": current_policy().record_years,
    }
    return render(request, "privacy/erasure_ask.html", context)


@require_POST
def withdraw(request):
    """Take one's wish to be forgotten back; a repeat finds nothing to take back."""
    asked = ErasureRequest.objects.open().filter(person=request.user).first()
    if asked is None:
        return redirect("privacy:overview")
    try:
        services.withdraw_erasure(asked.pk, by=request.user, now=request.now)
    except services.ErasureRefused as refused:
        messages.error(request, refused.decision.message)
    else:
        messages.success(request, _("You took it back. Nothing is erased."))
    return redirect("privacy:overview")


@never_cache
@deciders_only
@asks_password_again
@require_http_methods(["GET", "HEAD", "POST"])
def export_for(request, user_id):
    """Make a copy for somebody who asked for it by other means; they alone can download it."""
    person = get_object_or_404(User.objects.active(), pk=user_id)
    if request.method == "POST":
        _start_export(request, person)
        return redirect("privacy:export_for", user_id)
    exports = DataExport.objects.filter(person=person).order_by("-created_at", "-id")[:10]
    context = {"form": ConfirmForm(), "person": person, "exports": list(exports)}
    return render(request, "privacy/export_for.html", context)


@deciders_only
@require_safe
def erasures(request):
    """The queue of those who decide: what waits, oldest first, and what became of the rest."""
    chosen = {
        "status": request.GET.get("status", ErasureRequest.Status.PENDING.value),
        "q": request.GET.get("q", ""),
        "sort": request.GET.get("sort", ""),
    }
    chosen["sort"] = chosen["sort"] if chosen["sort"] in SORTS else "oldest"
    rows = ErasureFilter(chosen, queryset=ErasureRequest.objects.select_related("person")).qs
    page = paginate(
        rows, order=SORTS[chosen["sort"]], cursor=request.GET.get("cursor"), size=PER_PAGE
    )
    context = {
        "page": page,
        "chosen": chosen,
        "now": request.now,
        "is_filtered": bool(chosen["q"]) or chosen["status"] != ErasureRequest.Status.PENDING,
        "sorts": SORT_LABELS.items(),
        "states": ErasureRequest.Status.choices,
        "next_url": _page_url(chosen, page.next_cursor),
        "previous_url": _page_url(chosen, page.previous_cursor),
    }
    return render(request, "privacy/erasure_list.html", context)


@never_cache
@deciders_only
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request, request_id):
    """One wish: who, why, what stands in the way, the decision; the proof once it is done."""
    asked = get_object_or_404(
        ErasureRequest.objects.select_related("person", "decided_by"), pk=request_id
    )
    form = DecisionForm(request.POST or None, username=asked.person.username)
    if form.is_valid():
        _decide(request, asked, form)
        return redirect("privacy:erasure", request_id)
    is_pending = asked.status == ErasureRequest.Status.PENDING
    context = {
        "asked": asked,
        "form": form,
        "is_pending": is_pending,
        "is_own": asked.person_id == request.user.pk,
        "decision": may_be_erased(asked.person) if is_pending else None,
    }
    return render(request, "privacy/erasure_detail.html", context)


@deciders_only
@require_safe
def proof_file(request, request_id):
    """The proof as a text file, with its checksum."""
    asked = get_object_or_404(ErasureRequest, pk=request_id, status=ErasureRequest.Status.DONE)
    text = proof.signed_text_of(asked.proof, asked.proof_hash)
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="erasure-{asked.pk}.txt"'
    return answer


def _start_export(request, person):
    try:
        services.request_export(person, by=request.user, now=request.now)
    except services.ExportUnderWay:
        messages.info(request, _("An archive is being made already."))
    else:
        messages.success(request, _("The archive is being made. A mail tells when it is ready."))


def _decide(request, asked, form):
    try:
        if form.approves:
            services.approve_erasure(asked.pk, by=request.user, now=request.now)
            messages.success(request, _("Approved. The erasure is done within minutes."))
        else:
            services.reject_erasure(
                asked.pk,
                answer=form.cleaned_data["answer"],
                by=request.user,
                now=request.now,
            )
            messages.success(request, _("Rejected. The person is told why."))
    except services.ErasureRefused as refused:
        messages.error(request, refused.decision.message)


def _page_url(chosen, cursor):
    if cursor is None:
        return ""
    return "?" + urlencode({**chosen, "cursor": cursor})
