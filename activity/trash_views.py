"""The trash of staff: what lies there, taking it out, deleting it for good; and putting something in."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activity import trash as services
from activity import trash_registry
from activity.undo_offer import say_done
from activity.undo_views import came_from
from lib.pagination import page_url
from users.models import Permission
from users.permissions import courses_with


@never_cache
@require_safe
def trash(request):
    """What the person may take out of the trash, the newest first."""
    _require_author(request.user)
    kinds = trash_registry.kinds()
    kind = request.GET.get("kind", "")
    chosen = {
        "kind": kind if trash_registry.kind_named(kind) else "",
        "q": request.GET.get("q", ""),
    }
    page = services.trashed_page(
        request.user,
        kind=chosen["kind"],
        search=chosen["q"],
        cursor=request.GET.get("cursor"),
        now=request.now,
    )
    context = {
        "page": page,
        "kinds": kinds,
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "kept_days": services.KEPT.days,
        "may_purge": request.user.is_admin,
        "next_url": page_url(chosen, page.next_cursor),
        "previous_url": page_url(chosen, page.previous_cursor),
    }
    return render(request, "activity/trash.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def put(request, kind, row_id):
    """Say what depends on a thing, and put it in the trash once the person has agreed."""
    kind, row = _find(request, kind, row_id)
    if row.deleted_at is not None:
        return redirect("activity:trash")
    decision = None
    if request.method == "POST":
        decision = services.put(kind, row, by=request.user, now=request.now)
        if decision:
            say_done(request, _("“%(title)s” is in the trash.") % {"title": row.title})
            return redirect("activity:trash")
    context = {
        "kind": kind,
        "row": row,
        "decision": decision,
        "dependents": trash_registry.dependents_of(kind, row),
        "kept_days": services.KEPT.days,
        "back": came_from(request),
    }
    return render(request, "activity/trash_put.html", context)


@require_POST
def restore(request, kind, row_id):
    """Take a thing out of the trash, with what it is part of where the person asked for both."""
    kind, row = _find(request, kind, row_id)
    if row.deleted_at is None:
        return redirect("activity:trash")
    decision = services.restore(
        kind,
        row,
        by=request.user,
        now=request.now,
        with_parents="with_parents" in request.POST,
    )
    if decision:
        say_done(request, _("“%(title)s” is back at its place.") % {"title": row.title})
    else:
        messages.error(request, decision.message)
    return redirect("activity:trash")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def purge(request, kind, row_id):
    """Delete a thing of the trash for good, once the person has agreed."""
    kind, row = _find(request, kind, row_id)
    if row.deleted_at is None or not kind.can_purge(request.user, row):
        raise Http404
    decision = None
    if request.method == "POST":
        decision = services.purge(kind, row, by=request.user, now=request.now)
        if decision:
            messages.success(
                request, _("“%(title)s” has been deleted for good.") % {"title": row.title}
            )
            return redirect("activity:trash")
    context = {
        "kind": kind,
        "row": row,
        "decision": decision,
        "dependents": trash_registry.dependents_of(kind, row),
        "back": reverse("activity:trash"),
    }
    return render(request, "activity/trash_purge.html", context)


def _find(request, name, row_id):
    """The thing with its kind; 404 for what the person may neither put in the trash nor take out."""
    kind = trash_registry.kind_named(name)
    row = kind and kind.rows(request.user).filter(pk=row_id).first()
    if row is None:
        raise Http404
    return kind, row


def _require_author(user):
    """Instructors, admins, and those whom a role lets change a course."""
    if not (user.is_staff or courses_with(user, [Permission.COURSE_EDIT])):
        raise Http404
