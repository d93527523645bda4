"""Telling those who work on a course of each other."""

from django.shortcuts import render
from django.views.decorators.http import require_POST

from content.presence import Present, beat
from courses.models import Course
from courses.studio.access import course_to_edit


@require_POST
def presence(request, slug):
    """A page that is still open: who else is at work."""
    course = course_to_edit(request.user, slug)
    place = request.POST.get("place", "")
    present = beat(course.pk, user=request.user, place=place, now=request.now)
    return render(request, "content/_presence.html", {"present": present})


def studio_presence(request, course: Course) -> list[Present]:
    """For templates: who else works on a course, while the person opens this page."""
    return beat(course.pk, user=request.user, place=request.path, now=request.now)
