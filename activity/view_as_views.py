"""Beginning and ending to see the site as a student."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activity import view_as
from activity.permissions import can_view_as
from lib.http import safe_redirect_url
from lib.text import TextRefused, clean_text
from users.models import User

MAX_REASON = 200  # characters


@require_POST
def start(request, user_id):
    """404 for who may not, and for accounts that nobody may see the site as."""
    student = get_object_or_404(User.objects.active(), pk=user_id)
    if not can_view_as(request.user, student):
        raise Http404
    back = safe_redirect_url(request, request.POST.get("next"), student.get_absolute_url())
    try:
        reason = clean_text(request.POST.get("reason", "")[:MAX_REASON]).strip()
    except TextRefused as refused:
        messages.error(request, str(refused))
        return redirect(back)
    view_as.begin(request, student, reason=reason, back=back)
    return redirect("home")


@require_POST
def stop(request):
    back = view_as.end(request, how="stopped")
    if back:
        messages.success(request, _("You see the site as yourself again."))
    return redirect(back or reverse("home"))
