"""Sending a table in, looking at what would follow, and letting it be done."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bulk import services
from bulk.forms import ColumnsForm, SendForm
from bulk.kinds import Kind, kind_named
from bulk.models import BulkRow, BulkUpload
from bulk.services import UploadRefused
from lib.pagination import page_url, paginate
from lib.spreadsheets import csv_lines
from tenancy import security

PER_PAGE = 50
EARLIER = 10  # tables that are named below the form


@require_http_methods(["GET", "HEAD", "POST"])
def send(request, kind):
    """Send in a table of one of the lists of the back office."""
    found = kind_named(kind)
    if found is None or not found.may_send(request.user, None):
        raise Http404
    form = SendForm(request.POST or None, request.FILES or None, cancel_url=found.page(None))
    if form.is_valid():
        upload = receive_from(form, found, None, {}, request)
        if upload is not None:
            return redirect("bulk:upload", upload.pk)
    return render(request, "bulk/send.html", context_for(form, found, None, request.user))


def receive_from(form, kind: Kind, about_id, options, request) -> BulkUpload | None:
    """Take in the table of a valid form; None where the form says by now why not."""
    file = form.cleaned_data["file"]
    try:
        return services.receive(
            file,
            file.name,
            kind=kind,
            about_id=about_id,
            options=options,
            by=request.user,
            now=request.now,
        )
    except UploadRefused as refused:
        form.add_error("file", str(refused))
        return None


def context_for(form, kind: Kind, about_id, user) -> dict:
    """What the page with the form shows."""
    earlier = BulkUpload.objects.filter(kind=kind.name, about_id=about_id, started_by=user)
    return {
        "form": form,
        "title": kind.label(about_id),
        "page": kind.page(about_id),
        "columns": kind.columns(),
        "earlier": earlier.order_by("-created_at", "-id")[:EARLIER],
        "states": _states(),
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request, upload_id):
    """What would follow from a table, or did. A script asks again for the part that changes."""
    found, kind = _own(request.user, upload_id)
    is_choosing = found.status == BulkUpload.Status.CHOOSING
    if is_choosing and request.POST.get("action") != "discard":
        return _choose(request, found, kind)
    if request.method == "POST":
        return _decide(request, found, kind)
    counts = services.counts_of(found)
    chosen = {"show": request.GET.get("show", "")}
    page = paginate(
        _shown(found.rows.all(), chosen["show"]),
        order=("number", "id"),
        cursor=request.GET.get("cursor"),
        size=PER_PAGE,
    )
    people = {row.person_id for row in page} - {None}
    security.record_disclosures(people, by=request.user, what="table", door="table")
    doing = counts["new"] + counts["changed"]
    total = doing if found.confirmed_at else found.row_count
    context = {
        "upload": found,
        "title": kind.label(found.about_id),
        "page": kind.page(found.about_id),
        "send_page": kind.send_page(found.about_id),
        "counts": counts,
        "doing": doing,
        "percent": 100 * found.done_count // total if total else 0,
        "read": [(title, _label(kind, name)) for title, name in found.columns if name],
        "ignored": [title for title, name in found.columns if not name],
        "rows": page.items,
        "chosen": chosen,
        "states": _states(),
        "next_url": page_url(chosen, page.next_cursor),
        "previous_url": page_url(chosen, page.previous_cursor),
    }
    name = "_state" if request.headers.get("HX-Request") else "upload"
    return render(request, f"bulk/{name}.html", context)


def _choose(request, found, kind):
    """What the columns are that nobody knows by their title."""
    form = ColumnsForm(request.POST or None, upload=found, kind=kind)
    if form.is_valid():
        try:
            services.choose_columns(found.pk, form.chosen)
            return redirect("bulk:upload", found.pk)
        except UploadRefused as refused:
            form.add_error(None, str(refused))
    context = {
        "upload": found,
        "form": form,
        "title": kind.label(found.about_id),
        "page": kind.page(found.about_id),
        "send_page": kind.send_page(found.about_id),
        "read": [(title, _label(kind, name)) for title, name in found.columns if name],
    }
    return render(request, "bulk/columns.html", context)


def _decide(request, found, kind):
    try:
        if request.POST.get("action") == "discard":
            services.discard(found.pk)
            messages.success(request, _("The table is discarded. Nothing was changed."))
            return redirect(kind.send_page(found.about_id))
        services.confirm(found.pk, by=request.user, now=request.now)
    except UploadRefused as refused:
        messages.error(request, str(refused))
    return redirect("bulk:upload", found.pk)


@never_cache
@require_safe
def report(request, upload_id):
    """Every row with what became of it, as a table."""
    found, kind = _own(request.user, upload_id)
    names = [name for _title, name in found.columns if name]
    labels = {column.name: str(column.label) for column in kind.columns()}
    head = [_("Row"), _("Outcome"), _("What is done"), _("Result"), _("Problems")]
    rows = found.rows.order_by("number")
    lines = csv_lines(
        [*head, *(labels.get(name, name) for name in names)],
        (_report_of(row, names) for row in rows.iterator(chunk_size=500)),
    )
    people = rows.exclude(person=None).values_list("person_id", flat=True)
    security.record_disclosures(people, by=request.user, what="table", door="export")
    security.record(security.Kind.EXPORTED, what="table", table=found.pk)
    answer = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(
        True, f"{found.file_name}.csv"
    )
    return answer


def _report_of(row, names):
    told = [f"{label}: {before} → {after}" for label, before, after in row.changes]
    problems = [f"{label}: {text}" if label else text for label, text in row.problems]
    return [
        str(row.number),
        str(row.get_outcome_display()),
        "; ".join(filter(None, [row.does, *told])),
        str(row.get_result_display()),
        "; ".join(problems),
        *(row.cells.get(name, "") for name in names),
    ]


def _own(user, upload_id) -> tuple[BulkUpload, Kind]:
    """A table that the person sent in and may still send in; admins see those of all. Raises Http404."""
    rows = BulkUpload.objects.all() if user.is_admin else BulkUpload.objects.filter(started_by=user)
    found = get_object_or_404(rows, pk=upload_id)
    kind = kind_named(found.kind)
    if kind is None or not kind.may_send(user, found.about_id):
        raise Http404
    return found, kind


def _shown(rows, show):
    if show in BulkRow.Outcome:
        return rows.filter(outcome=show)
    return rows.filter(result=BulkRow.Result.REFUSED) if show == "failed" else rows


def _label(kind, name):
    return next((str(column.label) for column in kind.columns() if column.name == name), name)


def _states():
    Status = BulkUpload.Status
    badges = {
        Status.CHOOSING: "open",
        Status.CHECKING: "waiting",
        Status.READY: "open",
        Status.RUNNING: "active",
        Status.DONE: "done",
        Status.FAILED: "bad",
    }
    return {status.value: (badges[status], str(status.label)) for status in Status}
