"""What happened, for the person it concerns; how often they are mailed; and the way out of mails."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.access import public
from lib.pagination import page_url, paginate
from notifications import services, unsubscribing
from notifications.forms import CadenceForm
from notifications.kinds import kind_named, kinds_for, message_of
from notifications.models import Notification

PER_PAGE = 20


@require_safe
def notification_list(request):
    rows = Notification.objects.filter(user=request.user)
    unread_only = request.GET.get("show") == "unread"
    kinds = list(kinds_for(request.user))
    kind = request.GET.get("kind", "")
    kind = kind if kind in {known.code for known in kinds} else ""
    if unread_only:
        rows = rows.filter(read_at__isnull=True)
    if kind:
        rows = rows.filter(kind=kind)
    cursor = request.GET.get("cursor")
    page = paginate(rows, order=("-happened_at", "-id"), cursor=cursor, size=PER_PAGE)
    chosen = {"show": "unread" if unread_only else "", "kind": kind}
    context = {
        "entries": [(row, message_of(row)) for row in page],
        "kinds": kinds,
        "chosen": chosen,
        "next_url": page_url(chosen, page.next_cursor),
        "previous_url": page_url(chosen, page.previous_cursor),
    }
    return render(request, "notifications/notification_list.html", context)


@require_POST
def open_notification(request, notification_id):
    """Mark as read and go where it leads."""
    notification = get_object_or_404(Notification, user=request.user, pk=notification_id)
    services.mark_read(request.user, notification_ids=[notification.pk], now=request.now)
    return redirect(message_of(notification).url or "notifications:list")


@require_POST
def read_all(request):
    services.mark_read(request.user, now=request.now)
    return redirect("notifications:list")


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request):
    kinds = list(kinds_for(request.user))
    wished = services.cadences_of(request.user)
    form = CadenceForm(request.POST or None, kinds=kinds, initial=wished)
    if form.is_valid():
        services.choose_cadences(request.user, form.chosen())
        messages.success(request, _("Saved."))
        return redirect("notifications:settings")
    return render(request, "notifications/settings.html", {"form": form})


@csrf_exempt  # a mail program sends the form by itself; the signed token says for whom
@public
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    try:
        user, kind_code = unsubscribing.read(token)
    except unsubscribing.BadLink as error:
        raise Http404 from error
    is_done = request.method == "POST"
    if is_done:
        unsubscribing.end_mails(user, kind_code)
        if "List-Unsubscribe" in request.POST:
            return HttpResponse(status=200)
    kind = kind_named(kind_code)
    context = {"kind": kind, "is_done": is_done, "is_all": kind is None}
    return render(request, "notifications/unsubscribe.html", context)
