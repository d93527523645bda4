"""The checks before publishing that courses can answer by themselves."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.models import Course, CourseDraft, CoursePrerequisite
from courses.preflight import Finding, Level
from courses.prerequisites import cycle_through


def check_facts(course: Course) -> list[Finding]:
    """What the catalogue would miss: none of it blocks, since a plain course is a course. One query."""
    draft = CourseDraft.objects.filter(course=course).first() if course.is_published else None
    words = draft.changes if draft else {}

    def is_missing(name, nothing=""):
        return words.get(name, getattr(course, name)) == nothing

    missing = []
    if is_missing("summary"):
        text = _("There is no summary: the catalogue shows the title alone.")
        missing.append(("no_summary", text))
    if is_missing("objectives", []):
        missing.append(("no_objectives", _("It does not say what one learns.")))
    if is_missing("duration_minutes", None):
        text = _("There is no duration: a search for short courses does not find it.")
        missing.append(("no_duration", text))
    if not course.thumbnail:
        missing.append(("no_picture", _("There is no picture.")))
    url = reverse("courses:studio_details", args=[course.slug])
    return [Finding(Level.WARNING, code, text, url) for code, text in missing]


def check_prerequisites(course: Course) -> list[Finding]:
    """A course that needs one nobody can complete could never be joined itself. Two queries at most."""
    needed = [
        link.required_course for link in course.prerequisite_links.select_related("required_course")
    ]
    if not needed:
        return []
    url = reverse("courses:studio_settings", args=[course.slug])
    doubts = [(other, _doubt_about(other)) for other in needed]
    found = [
        Finding(Level.WARNING, code, text % {"title": other.title}, url)
        for other, (code, text) in doubts
        if code
    ]
    links = CoursePrerequisite.objects.values_list("course", "required_course")
    if cycle_through(course.pk, links):
        text = _("The courses that must be completed first need this one themselves.")
        found.append(Finding(Level.ERROR, "prerequisite_circle", text, url))
    return found


def check_dates(course: Course) -> list[Finding]:
    """Dates of the course's own by which nobody could join it, or learn in it. No query."""
    now = timezone.now()
    closes, ends = course.enrollment_closes_at, course.access_ends_at
    found = []
    if closes is not None and closes <= now:
        text = _("Enrollment closed on %(date)s: nobody can join.")
        found.append(("enrollment_closed", text % {"date": _day(closes)}))
    if ends is not None and ends <= now:
        text = _("Access ended on %(date)s: nobody can learn.")
        found.append(("access_ended", text % {"date": _day(ends)}))
    elif ends is not None and closes is not None and closes >= ends:
        text = _("People can join until access ends on %(date)s, and would have no time to learn.")
        found.append(("joins_too_late", text % {"date": _day(ends)}))
    url = reverse("courses:studio_settings", args=[course.slug])
    return [Finding(Level.WARNING, code, text, url) for code, text in found]


def _day(moment):
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def _doubt_about(course):
    """Why people may not get through a course that is needed first: a code and a sentence, or nothing."""
    if course.deleted_at is not None:
        return "prerequisite_trashed", _(
            "“%(title)s” must be completed first, and is in the trash."
        )
    if not course.is_published:
        return "prerequisite_closed", _(
            "“%(title)s” must be completed first, and is not published."
        )
    if course.visibility == Course.Visibility.PRIVATE:
        return "prerequisite_private", _("“%(title)s” must be completed first, and is private.")
    if course.enrollment_type == Course.EnrollmentType.RESTRICTED:
        return (
            "prerequisite_restricted",
            _("“%(title)s” must be completed first, and can be joined by invitation only."),
        )
    return "", ""
