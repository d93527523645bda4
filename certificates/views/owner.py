"""One's own certificates: looking, downloading, and deciding what others see."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certificates import codes, services
from certificates.credentials.making import credential_of
from certificates.models import Certificate
from certificates.papers import file_name, pdf_of
from certificates.sheets import sheet_of
from lib.encryption import NotDecrypted
from lib.pagination import page_url, paginate
from tenancy.links import organization_origin

ORDER = ("-issued_at", "-id")
PER_PAGE = 20


@require_safe
def certificate_list(request):
    """All of one's certificates, the newest first; those that were replaced are found from the newer ones."""
    mine = Certificate.objects.filter(student=request.user, replaced_at__isnull=True)
    page = paginate(mine, order=ORDER, cursor=request.GET.get("cursor"), size=PER_PAGE)
    context = {
        "nav": "learning",
        "certificates": list(page),
        "next_url": page_url({}, page.next_cursor),
        "previous_url": page_url({}, page.previous_cursor),
    }
    return render(request, "certificates/certificate_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request, certificate_id):
    """One certificate as it looks, its public address, and whether that tells the name."""
    found = _own(request, certificate_id)
    if request.method == "POST":
        is_shown = request.POST.get("shows_name") == "yes"
        services.show_name(found.pk, is_shown=is_shown)
        told = _("The public page tells your name now.")
        hidden = _("The public page no longer tells your name.")
        messages.success(request, told if is_shown else hidden)
        return redirect("certificates:detail", found.pk)
    origin = organization_origin()
    context = {
        "nav": "learning",
        "certificate": found,
        "drawing": _drawn(found, request.organization, origin),
        "code": _code(found),
        "origin": origin,
        "has_new_name": found.is_valid and found.name != _name_now(request.user),
        "newer": Certificate.objects.filter(replaces=found).first(),
    }
    return render(request, "certificates/certificate_detail.html", context)


@require_safe
def paper(request, certificate_id):
    """The certificate as a PDF file."""
    found = _own(request, certificate_id)
    try:
        data = pdf_of(found, organization=request.organization, origin=organization_origin())
    except NotDecrypted as error:
        raise Http404 from error
    return _download(data, "application/pdf", file_name(found, "pdf"))


@require_safe
def credential(request, certificate_id):
    """The certificate as a signed Open Badges credential."""
    found = _own(request, certificate_id)
    if not found.is_valid:
        messages.error(request, _("This certificate no longer holds."))
        return redirect("certificates:detail", found.pk)
    try:
        token = credential_of(found, email=request.user.email, origin=organization_origin())
    except NotDecrypted as error:
        raise Http404 from error
    return _download(token, "application/jwt", file_name(found, "jwt"))


def _own(request, certificate_id) -> Certificate:
    return get_object_or_404(Certificate, pk=certificate_id, student=request.user)


def _drawn(found, organization, origin):
    from certificates.drawing.preview import draw_svg  # noqa: PLC0415 -- it costs megabytes

    try:
        sheet = sheet_of(found, organization=organization, origin=origin)
    except NotDecrypted:
        return None
    return draw_svg(sheet, label=_("The certificate"))


def _code(found):
    try:
        return codes.unseal(found.code_sealed)
    except NotDecrypted:
        return ""


def _name_now(user):
    return user.get_full_name() or user.username


def _download(data, content_type, name):
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
