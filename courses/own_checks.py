"""The checks before publishing that courses can answer by themselves."""

from django.utils.translation import gettext as _

from courses.models import Course
from courses.preflight import Finding, Level


def check_facts(course: Course) -> list[Finding]:
    """What the catalogue would miss: none of it blocks, since a plain course is a course."""
    found = []
    if not course.summary:
        text = _("There is no summary: the catalogue shows the title alone.")
        found.append(Finding(Level.WARNING, "no_summary", text))
    if not course.objectives:
        text = _("It does not say what one learns.")
        found.append(Finding(Level.WARNING, "no_objectives", text))
    if course.duration_minutes is None:
        text = _("There is no duration: a search for short courses does not find it.")
        found.append(Finding(Level.WARNING, "no_duration", text))
    return found


def check_prerequisites(course: Course) -> list[Finding]:
    """A course that needs one nobody can join could never be joined itself."""
    closed = [
        link.required_course
        for link in course.prerequisite_links.select_related("required_course")
        if not link.required_course.is_published
    ]
    return [
        Finding(
            Level.WARNING,
            "prerequisite_closed",
            _("“%(title)s” must be completed first, and is not published.") % {"title": needed},
        )
        for needed in closed
    ]
