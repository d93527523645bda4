"""The page that asks before something is undone."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from activity.undo import undo, undo_states
from activity.undo_changes import read_changes
from activity.undo_offer import with_undo
from activity.undo_preview import preview
from activity.undo_rules import HIDDEN


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo_change(request, request_id):
    """Say what would be put back, and put it back once the person has agreed."""
    decision = undo_states([request_id], request.user)[request_id]
    if decision.code in HIDDEN:
        raise Http404
    back = came_from(request)
    if request.method == "POST":
        decision = undo(request_id, by=request.user, now=request.now)
        if decision:
            text = " ".join([_("Undone."), *(str(reason.text) for reason in decision.reasons)])
            messages.success(request, with_undo(text, request.user, label=_("Redo")))
            return redirect(back)
    changes = read_changes([request_id], now=request.now)[request_id]
    context = {
        "decision": decision,
        "preview": preview(changes) if decision else None,
        "back": back,
        "at": changes[-1].at,
    }
    return render(request, "activity/undo.html", context)


def came_from(request) -> str:
    """The page of this site to return to: the one that led here, else the start page."""
    wanted = request.POST.get("next") or request.META.get("HTTP_REFERER", "")
    hosts = {request.get_host()}
    if not url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure()):
        return reverse("home")
    parts = urlsplit(wanted)
    if parts.path == request.path or not parts.path:
        return reverse("home")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
