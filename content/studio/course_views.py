"""A course as those who make it find it: what is there, what to do next, what happened last."""

from django.db.models import Count, Q, Sum
from django.shortcuts import render
from django.views.decorators.http import require_safe

from activity.asked import AskedActivity
from activity.feed import page_of, scope_of
from activity.names import Names
from activity.registry import by_slug
from activity.words import tell
from content.models import Lesson, Module
from courses import permissions, preflight
from courses.models import CourseSeats
from courses.renames import follow_renames
from courses.studio.access import course_to_edit
from courses.studio.waiting import waiting_changes
from users.models import Permission

NEXT_STEPS = 5  # findings that the overview shows; the others are counted
LATEST = 5  # changes that it tells


@require_safe
@follow_renames
def course_home(request, slug):
    """The overview, and by itself `?part=next`: what to do next."""
    course = course_to_edit(request.user, slug)
    if request.GET.get("part") == "next":
        return _next_steps(request, course)
    held = permissions.permissions_on(
        request.user,
        course,
        {Permission.ACTIVITY_SEE, Permission.ENROLLMENT_SEE},
    )
    context = {
        "course": course,
        "section": "overview",
        "size": _size(course),
        "waiting": waiting_changes([course.pk])[course.pk],
        "seats": CourseSeats.objects.filter(course=course).first(),
        "latest": _latest(course) if Permission.ACTIVITY_SEE in held else [],
        "may_see_people": Permission.ENROLLMENT_SEE in held,
        "may_see_activity": Permission.ACTIVITY_SEE in held,
    }
    return render(request, "content/studio_course.html", context)


def _next_steps(request, course):
    findings = preflight.findings_of(course)
    context = {
        "course": course,
        "waiting": waiting_changes([course.pk])[course.pk],
        "next_steps": findings[:NEXT_STEPS],
        "more_steps": max(0, len(findings) - NEXT_STEPS),
        "may_publish": permissions.can_publish_course(request.user, course),
    }
    return render(request, "content/_next_steps.html", context)


def _size(course):
    """Numbers of modules and lessons, and minutes of all lessons; drafts too."""
    modules = Module.objects.live().filter(course=course).count()
    of_lessons = Lesson.objects.live().filter(course=course, module__deleted_at__isnull=True)
    counted = of_lessons.aggregate(
        lessons=Count("pk"),
        drafts=Count("pk", filter=Q(is_draft=True) | Q(module__is_draft=True)),
        minutes=Sum("duration_minutes"),
    )
    return counted | {"modules": modules}


def _latest(course):
    """What staff changed last, told without details."""
    page = page_of(scope_of(by_slug("course"), course.pk), AskedActivity(), size=LATEST)
    return tell(page.items, Names(page, [("courses_course", course.pk)]), {})
