"""The preflight: what is wrong or doubtful in a course, each with the way to the place where it is mended."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses import preflight
from courses.renames import follow_renames
from courses.studio.access import course_to_edit
from users.models import Permission

PER_PAGE = 100
LAST_PAGE = 1_000


@require_safe
@follow_renames
def check(request, slug):
    """Errors first, a hundred findings on a page."""
    course = course_to_edit(request.user, slug, Permission.COURSE_EDIT, Permission.COURSE_PUBLISH)
    findings = preflight.findings_of(course)
    page = _page_number(request.GET.get("page", ""))
    start = (page - 1) * PER_PAGE
    shown = findings[start : start + PER_PAGE]
    context = {
        "course": course,
        "section": "check",
        "errors": [finding for finding in shown if finding.is_error],
        "warnings": [finding for finding in shown if not finding.is_error],
        "error_count": sum(finding.is_error for finding in findings),
        "is_blocked": any(finding.is_error and _blocks(finding, course) for finding in findings),
        "count": len(findings),
        "previous_url": f"?page={page - 1}" if page > 1 else "",
        "next_url": f"?page={page + 1}" if start + PER_PAGE < len(findings) else "",
    }
    return render(request, "content/studio_check.html", context)


def _blocks(finding, course):
    """Of a published course, parts that wait can be left out."""
    return finding.is_blocking or not course.is_published


def _page_number(text):
    is_number = text.isascii() and text.isdecimal() and len(text) < 6
    return min(max(int(text), 1), LAST_PAGE) if is_number else 1
