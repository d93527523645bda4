"""The agenda of one course."""

from itertools import groupby

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agenda.pages import day_text
from content.studio.course_dates import dates_of_course
from courses.renames import follow_renames
from courses.studio.access import course_to_edit
from users.models import Permission


@require_safe
@follow_renames
def dates(request, slug):
    """What happens on which day, the past apart, and what comes some days after enrolling."""
    course = course_to_edit(request.user, slug, Permission.COURSE_EDIT)
    fixed, relative = dates_of_course(course)
    is_past = request.GET.get("show") == "past"
    shown = [one for one in fixed if (one.at < request.now) == is_past]
    if is_past:
        shown.reverse()
    context = {
        "course": course,
        "section": "dates",
        "is_past": is_past,
        "days": _by_day(shown, now=request.now),
        "steps": [] if is_past else _by_step(relative),
        "has_dates": bool(fixed or relative),
    }
    return render(request, "content/studio_dates.html", context)


def _by_day(found, *, now):
    today = timezone.localdate(now)
    days = groupby(found, key=lambda one: timezone.localdate(one.at))
    return [(day, day_text(day, today=today), list(rows)) for day, rows in days]


def _by_step(found):
    return [(days, list(rows)) for days, rows in groupby(found, key=lambda one: one.after_days)]
