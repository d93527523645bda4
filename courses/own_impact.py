"""What courses can say by themselves of a change's impact: who still finds the course and may join it."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from courses.impact import Effect
from courses.models import Course


class Reach(NamedTuple):
    """Whether new people find a course in the catalogue, whether they could join it, and whether only by invitation."""

    is_listed: bool
    is_joinable: bool
    is_by_invitation: bool


def measure_reach(course: Course, now: datetime) -> Reach:
    """One query."""
    asked = ("status", "visibility", "enrollment_type", "enrollment_closes_at", "deleted_at")
    row = Course.objects.only(*asked).get(pk=course.pk)
    is_restricted = row.enrollment_type == Course.EnrollmentType.RESTRICTED
    is_over = row.enrollment_closes_at is not None and row.enrollment_closes_at <= now
    takes_people = row.is_published and not is_over
    return Reach(row.is_listed, takes_people and not is_restricted, takes_people and is_restricted)


def tell_reach(before: Reach, after: Reach) -> list[Effect]:
    """What new people lose; that they gain something needs no question."""
    leaves = before.is_listed and not after.is_listed
    closes = before.is_joinable and not after.is_joinable
    if leaves and closes and after.is_by_invitation:
        return [Effect(_("It leaves the catalogue, and only who is invited can join it."))]
    if leaves and closes:
        return [Effect(_("It leaves the catalogue, and nobody can join it any more."))]
    if leaves:
        return [Effect(_("It leaves the catalogue: only the people on it still find it."))]
    if closes and after.is_by_invitation:
        return [Effect(_("Only who is invited can join it."))]
    if closes:
        return [Effect(_("Nobody can join it any more."))]
    return []
