"""Where anybody checks a certificate: by its code, or by a credential that they were given."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certificates import codes
from certificates.credentials import checking, reading
from certificates.forms import CheckForm
from certificates.models import Certificate
from certificates.throttle import is_too_much
from lib.access import public
from tenancy.context import acting_for_everyone

#: Found by nobody who was not given the address.
QUIET = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "private, no-store",
}


@public
@require_safe
def verify(request, code):
    """Whether the certificate of a code holds, with what its owner agreed to show."""
    if is_too_much(request, now=request.now):
        return _too_much(request)
    found = _find(codes.normalized(code))
    context = {"nav": "", "certificate": found}
    status = 200 if found else 404
    return _quiet(render(request, "certificates/verify.html", context, status=status))


@public
@require_http_methods(["GET", "HEAD", "POST"])
def check(request):
    """A form for codes and credentials, and below it what was found about a credential."""
    is_asked, verdict = request.method == "POST", None
    if is_asked and is_too_much(request, now=request.now):
        return _too_much(request)
    form = CheckForm(request.POST, request.FILES) if is_asked else CheckForm()
    if form.is_valid():
        if form.cleaned_data["code"]:
            code = codes.normalized(form.cleaned_data["code"])
            if code:
                return redirect("certificates:verify", code)
            form.add_error("code", _("A code has 26 letters and digits."))
        else:
            verdict = _judge(form, now=request.now)
    context = {"nav": "", "form": form, "verdict": verdict}
    return _quiet(render(request, "certificates/check.html", context))


def _find(code):
    """Whoever asks may be anybody, also another student: the code is what opens it. One query, none for no code."""
    if not code:
        return None
    with acting_for_everyone():
        return Certificate.objects.filter(code_hash=codes.hash_of(code)).first()


def _judge(form, *, now):
    file = form.cleaned_data["file"]
    if file and file.size > reading.MAX_BYTES:
        form.add_error("file", _("This is too large for a credential."))
        return None
    data = file.read() if file else form.cleaned_data["credential"].encode()
    try:
        presented = reading.read(data)
    except reading.Unreadable as error:
        form.add_error("file" if file else "credential", str(error))
        return None
    return checking.check(presented, now=now)


def _too_much(request):
    text = _("Too many attempts. Wait a minute, then try again.")
    response = HttpResponse(text, status=429, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = "60"
    return _quiet(response)


def _quiet(response):
    for name, value in QUIET.items():
        response[name] = value
    return response
