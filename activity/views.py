"""The feeds and the security log. Who may not see one is told that there is none."""

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from activity import exporting, permissions, registry
from activity.asked import (
    EVENTS,
    EVERYONE,
    OPERATIONS,
    STAFF,
    WHOSE_LABELS,
    AskedActivity,
    AskedSecurity,
)
from activity.events import tell_events
from activity.feed import EVERYTHING, page_of, scope_of
from activity.names import Names
from activity.undo import look_at
from activity.words import tell
from lib.pagination import paginate
from tenancy import security
from users.models import Permission, User

EVENTS_PER_PAGE = 50


@never_cache
@require_safe
def feed(request):
    """Everything that was changed in the organization."""
    if not permissions.can_see_all(request.user):
        raise Http404
    context = {
        "title": _("Activity"),
        "here": reverse("activity:feed"),
        "export_url": reverse("activity:export"),
        "may_export": permissions.can_export_all(request.user),
    }
    return _render_feed(request, EVERYTHING, context)


@never_cache
@require_safe
def feed_of(request, slug, row_id):
    """What happened to one row and what belongs to it; of a person also what they did."""
    kind, row, may_export = _open(request.user, slug, row_id)
    if kind.is_person and row is not None:
        _note_disclosure(request, row)
    context = {
        "subject": (kind.table, row_id),
        "kind_label": capfirst(kind.label),
        "here": reverse("activity:of", args=[slug, row_id]),
        "page_url": _page_of(row),
        "export_url": reverse("activity:export_of", args=[slug, row_id]),
        "may_export": may_export,
        "may_see_all": permissions.can_see_all(request.user),
    }
    return _render_feed(request, scope_of(kind, row_id), context)


def _render_feed(request, scope, context):
    asked = _asked(request, scope)
    page = page_of(scope, asked, cursor=request.GET.get("cursor"))
    subject = context.get("subject")
    names = Names(page, [subject] if subject else ())
    if subject:
        context["title"] = names.of(*subject) or _("Something that is gone")
        if not page and not asked.is_filtered and not names.is_known(*subject):
            raise Http404
    requests = [item.request_id for item in page if item.request_id]
    undo, undoing = look_at(requests, request.user)
    context |= {
        "items": tell(page.items, names, undo, undoing),
        "asked": asked,
        "kinds": sorted(
            ((kind.slug, kind.label) for kind in registry.kinds().values()),
            key=lambda pair: pair[1].lower(),
        ),
        "actions": OPERATIONS.items(),
        "whose": WHOSE_LABELS.items(),
        "everyones_url": asked.everyones_address(),
        "next_url": asked.address(page.next_cursor),
        "previous_url": asked.address(page.previous_cursor),
        "export_limit": exporting.MAX_ENTRIES,
    }
    return render(request, "activity/feed.html", context)


def _asked(request, scope):
    """What the address asks for: at first what staff changed, and of a person all that they did."""
    whose_at_first = EVERYONE if scope.is_person else STAFF
    return AskedActivity.of(request.GET, whose_at_first=whose_at_first)


@never_cache
@require_safe
def export(request):
    if not permissions.can_export_all(request.user):
        raise Http404
    return _export_feed(request, EVERYTHING)


@never_cache
@require_safe
def export_of(request, slug, row_id):
    kind, _row, may_export = _open(request.user, slug, row_id)
    if not may_export:
        raise Http404
    about = {"thing": slug, "row": str(row_id)}
    return _export_feed(request, scope_of(kind, row_id), **about)


def _export_feed(request, scope, **about):
    asked = _asked(request, scope)
    person = scope.id if about.get("thing") == "user" else None
    security.record(
        security.Kind.EXPORTED, user_id=person, what="activity", filters=asked.chosen(), **about
    )
    return _as_file(request, exporting.activity_rows(scope, asked), "activity")


@never_cache
@require_safe
def security_log(request):
    if not permissions.can_see_security(request.user):
        raise Http404
    asked = AskedSecurity.of(request.GET)
    page = paginate(
        asked.rows(), order=("-at", "-id"), cursor=request.GET.get("cursor"), size=EVENTS_PER_PAGE
    )
    context = {
        "events": tell_events(page.items),
        "asked": asked,
        "kinds": sorted(EVENTS.items(), key=lambda pair: str(pair[1]).lower()),
        "next_url": asked.address(page.next_cursor),
        "previous_url": asked.address(page.previous_cursor),
        "export_limit": exporting.MAX_ENTRIES,
    }
    return render(request, "activity/security_log.html", context)


@never_cache
@require_safe
def export_security(request):
    if not permissions.can_see_security(request.user):
        raise Http404
    asked = AskedSecurity.of(request.GET)
    security.record(security.Kind.EXPORTED, what="security log", filters=asked.chosen())
    return _as_file(request, exporting.security_rows(asked), "security-log")


def _as_file(request, rows, name):
    lines = exporting.csv_lines(rows, organization=request.organization, user=request.user)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{request.now:%Y-%m-%d}.csv"'
    return response


def _open(user, slug, row_id):
    """The kind of row whose feed this is, the row, and whether its feed may be exported.

    404 for who may not see it. Of what is gone, the row is None.
    """
    kind = registry.by_slug(slug)
    if kind is None:
        raise Http404
    row = kind.rows_with_id(row_id).select_related(*kind.related).first()
    rights = permissions.rights_on(user, kind, row_id, row)
    if Permission.ACTIVITY_SEE not in rights:
        raise Http404
    return kind, row, Permission.ACTIVITY_EXPORT in rights


def _page_of(row) -> str:
    """The row's own page on the site, "" where it has none or is in the trash."""
    if row is None or getattr(row, "deleted_at", None) or not hasattr(row, "get_absolute_url"):
        return ""
    try:
        return row.get_absolute_url()
    except NoReverseMatch:
        return ""


def _note_disclosure(request, person: User):
    """What a student did is their record; who looks at it is written down."""
    if person.pk != request.user.pk and not person.is_staff:
        security.record_disclosure(person.pk, by=request.user, what="activity")
