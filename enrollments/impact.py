"""What a change of a course does to the places of the people on it."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.impact import Effect
from courses.models import Course
from enrollments.models import Enrollment
from lib.rows import fetch_row

PLACES = """
SELECT c.status = 'published' AS is_published, c.deleted_at IS NOT NULL AS is_in_trash, c.enrollment_type,
    c.access_ends_at, c.access_days, s.capacity, s.taken, e.people, e.waiting
FROM courses_course c JOIN courses_courseseats s ON s.course_id = c.id,
LATERAL (
    SELECT count(*) FILTER (WHERE e.status = ANY(%(on_it)s)) AS people,
        count(*) FILTER (WHERE e.status = 'pending') AS waiting
    FROM enrollments_enrollment e WHERE e.course_id = c.id
) e
WHERE c.id = %(course)s
"""
_ON_IT = [str(status) for status in Enrollment.SEAT_HOLDING]


class Places(NamedTuple):
    """The course as the people on it have it, how many they are, and how many wait for approval."""

    is_published: bool
    is_in_trash: bool
    enrollment_type: str
    access_ends_at: datetime | None
    access_days: int | None
    capacity: int | None
    taken: int
    people: int
    waiting: int

    @property
    def access(self) -> tuple:
        """The rule by which access ends."""
        return self.access_ends_at, self.access_days


def measure_places(course: Course, now: datetime) -> Places:
    """One statement."""
    return Places(*fetch_row(PLACES, {"course": course.pk, "on_it": _ON_IT}))


def tell_places(before: Places, after: Places) -> list[Effect]:
    """Who loses sight of the course, who keeps it, and seats that are fewer than those taken."""
    if after.is_in_trash and not before.is_in_trash:
        return _tell_of_trash(before)
    effects = []
    if before.is_published and not after.is_published and before.people:
        text = ngettext(
            "%(num)d person on it keeps it as it is.",
            "%(num)d people on it keep it as it is.",
            before.people,
        )
        effects.append(Effect(text % {"num": before.people}))
    no_longer_asked = before.enrollment_type == Course.EnrollmentType.APPROVAL
    if no_longer_asked and before.enrollment_type != after.enrollment_type and before.waiting:
        text = ngettext(
            "%(num)d person waits for approval and still needs an answer.",
            "%(num)d people wait for approval and still need an answer.",
            before.waiting,
        )
        effects.append(Effect(text % {"num": before.waiting}))
    if after.access != before.access and after.people:
        text = ngettext(
            "%(num)d person on it keeps the end of access that they have. The new one is for those who join from now on.",
            "%(num)d people on it keep the end of access that they have. The new one is for those who join from now on.",
            after.people,
        )
        effects.append(Effect(text % {"num": after.people}))
    if after.capacity != before.capacity and (after.capacity or after.taken) < after.taken:
        text = _(
            "%(taken)d seats are taken, %(over)d more than there would be. Nobody loses theirs."
        )
        values = {"taken": after.taken, "over": after.taken - after.capacity}
        effects.append(Effect(text % values))
    return effects


def _tell_of_trash(before):
    if not before.people:
        return []
    text = ngettext(
        "%(num)d person on it no longer sees it. Their progress is kept.",
        "%(num)d people on it no longer see it. Their progress is kept.",
        before.people,
    )
    return [Effect(text % {"num": before.people}, is_grave=True)]
