"""Courses that come in as text and go out as text: started by a form, done by a job, told on a page."""

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from content.importing.merging import Prefer, label_of
from content.importing.report import Report
from content.models import CourseTransfer
from content.services import transfers
from content.services.transfers import TransferRefused
from content.studio.transfer_forms import ImportForm
from courses.models import Course
from courses.permissions import can_create_course
from courses.renames import follow_renames
from courses.studio.access import course_to_edit
from lib.differences import compare
from lib.pagination import page_url, paginate

PER_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def import_course(request):
    """Take in an archive or files; below the form, what was taken in before."""
    _require_author(request.user)
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user)
    if form.is_valid():
        course = form.cleaned_data["course"]
        try:
            transfer = transfers.start_import(
                form.cleaned_data["files"], course=course, by=request.user, now=request.now
            )
        except TransferRefused as refused:
            form.add_error("files", str(refused))
        else:
            return redirect("content:studio_transfer", transfer.pk)
    mine = CourseTransfer.objects.filter(
        started_by=request.user, direction=CourseTransfer.Direction.IMPORT
    )
    mine = _seen_by(request.user, mine)
    context = {"nav": "studio", "form": form, **_page_of(mine, request.GET)}
    return render(request, "content/transfer_import.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def export_course(request, slug):
    """Make an archive of a course; below the button, the archives that are kept."""
    course = course_to_edit(request.user, slug)
    if request.method == "POST":
        transfer = transfers.start_export(course, by=request.user, now=request.now)
        return redirect("content:studio_transfer", transfer.pk)
    exports = CourseTransfer.objects.filter(
        course=course, direction=CourseTransfer.Direction.EXPORT
    )
    context = {
        "course": course,
        "section": "export",
        "days": transfers.KEPT.days,
        **_page_of(exports, request.GET),
    }
    return render(request, "content/transfer_export.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def transfer_detail(request, transfer_id):
    """How far a transfer is, and what it did. A script asks again for the part that changes.

    What both the text and the forms changed is chosen between here.
    """
    transfer = _transfer_of(request.user, transfer_id)
    if request.method == "POST":
        _settle(request, transfer)
        return redirect("content:studio_transfer", transfer.pk)
    done, total = transfers.steps_of(transfer)
    has_report = transfer.course is not None and "counts" in transfer.report
    context = {
        "nav": "studio",
        "course": transfer.course,
        "transfer": transfer,
        "is_under_way": transfer.status in ("waiting", "running"),
        "percent": 100 * done // total if total else 0,
        "report": Report.from_values(transfer.course, transfer.report) if has_report else None,
        "conflicts": _conflicts_of(transfer) if has_report else [],
        "problem": transfer.report.get("problem", ""),
        "section": "export" if transfer.direction == "export" else "",
    }
    name = "_transfer_state" if request.headers.get("HX-Request") else "transfer_detail"
    return render(request, f"content/{name}.html", context)


@never_cache
@require_safe
def transfer_file(request, transfer_id):
    """The archive of an export, for those who may edit its course."""
    transfer = _transfer_of(request.user, transfer_id)
    is_export = transfer.direction == CourseTransfer.Direction.EXPORT
    if not is_export or not transfer.file or transfer.course is None:
        raise Http404
    if not _may_edit(request.user, transfer.course_id):
        raise Http404
    try:
        file = transfer.file.open("rb")
    except OSError as error:
        raise Http404 from error
    return FileResponse(
        file, as_attachment=True, filename=transfer.file_name, content_type="application/zip"
    )


def _conflicts_of(transfer):
    """What waits for a choice, with its number, label and differences, what is here before what the text says."""
    if not transfer.file:
        return []
    return [
        (number, conflict, label_of(conflict["name"]), compare(conflict["form"], conflict["text"]))
        for number, conflict in enumerate(transfer.report["conflicts"])
    ]


def _settle(request, transfer):
    """Take in what was chosen; what nobody chose waits on."""
    given = {
        conflict["key"]: request.POST.get(f"choice-{number}")
        for number, conflict in enumerate(transfer.report.get("conflicts", []))
    }
    choices = {key: choice for key, choice in given.items() if choice in set(Prefer)}
    before = transfer.options.get("choices", {})
    try:
        transfers.settle_conflicts(transfer, before | choices, by=request.user, now=request.now)
    except TransferRefused as refused:
        messages.error(request, str(refused))


def _require_author(user):
    if not can_create_course(user) and not Course.objects.editable_by(user).exists():
        raise Http404


def _may_edit(user, course_id):
    return Course.objects.editable_by(user).filter(pk=course_id).exists()


def _transfer_of(user, transfer_id):
    """A transfer that the person may see. Raises Http404."""
    _require_author(user)
    seen = _seen_by(user, CourseTransfer.objects.select_related("course", "started_by"))
    return get_object_or_404(seen, pk=transfer_id)


def _seen_by(user, rows):
    """Those of courses that the person may edit, and their own that have no course yet."""
    editable = Course.objects.editable_by(user)
    return rows.filter(Q(course__in=editable) | Q(course=None, started_by=user))


def _page_of(rows, asked):
    page = paginate(
        rows.select_related("course", "started_by"),
        order=("-created_at", "-id"),
        cursor=asked.get("cursor"),
        size=PER_PAGE,
    )
    return {
        "transfers": page.items,
        "states": {
            "waiting": ("waiting", _("Waiting")),
            "running": ("active", _("Running")),
            "done": ("done", _("Done")),
            "failed": ("bad", _("Failed")),
        },
        "next_url": page_url({}, page.next_cursor),
        "previous_url": page_url({}, page.previous_cursor),
    }
