"""Running a course again: a copy with its dates shifted, seen before it is made."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from content.services import copying_course
from content.studio.copy_forms import MOST_DAYS, CopyForm
from courses.errors import CourseRefused
from courses.permissions import can_create_course
from courses.renames import follow_renames
from courses.studio.access import course_to_edit


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def copy_course(request, slug):
    """The form with a table of every date before and after; “Show the dates” changes nothing but the table."""
    course = course_to_edit(request.user, slug)
    if not can_create_course(request.user):
        raise Http404
    has_dates = bool(copying_course.dates_of(course))
    initial = {"title": _("%(title)s (copy)") % {"title": course.title[:190]}}
    form = CopyForm(request.POST or None, initial=initial, has_dates=has_dates)
    days = _days(form, course) if form.is_valid() else 0
    if form.is_valid() and "preview" not in request.POST:
        try:
            copy = copying_course.copy_course(
                course,
                title=form.cleaned_data["title"],
                slug=form.cleaned_data["slug"],
                days=days,
                with_drafts=form.cleaned_data["with_drafts"],
                by=request.user,
                now=request.now,
            )
        except CourseRefused as refused:
            form.add_error(None, str(refused))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The copy is made. Nobody sees it until you publish it."))
            return redirect("content:studio_course", copy.slug)
    context = {
        "course": course,
        "section": "copy",
        "form": form,
        "dates": copying_course.dates_of(course, days=days),
        "is_moved": days != 0,
    }
    return render(request, "content/copy.html", context)


def _days(form, course):
    """By how many days the dates move. Adds an error to the form for dates beyond the calendar."""
    start = form.cleaned_data.get("starts_on")
    days = form.cleaned_data.get("days") or 0
    field = "days"
    if start:
        field, days = "starts_on", copying_course.days_until(course, start) or 0
    try:
        if abs(days) > MOST_DAYS:
            raise OverflowError
        copying_course.dates_of(course, days=days)
    except (OverflowError, ValueError):
        form.add_error(field, _("This is too far away."))
        return 0
    return days
