"""What happened to somebody's place on a course, on its waitlist too: each step with who, when and why."""

from datetime import datetime
from heapq import merge
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from enrollments.models import Enrollment, EnrollmentChange, WaitlistChange
from users.models import User

LENGTH = 100


class Step(NamedTuple):
    """One step, in words: what was, if that changed, and what is; `by` is None for the system."""

    at: datetime
    before: str
    after: str
    by: User | None
    reason: str


def last_steps(enrollment: Enrollment) -> list[Step]:
    """The last steps, the newest first, with the people who took them. Two queries."""
    changes = enrollment.changes.select_related("by").order_by("-at", "-id")[:LENGTH]
    waits = WaitlistChange.objects.filter(
        course=enrollment.course_id, student=enrollment.student_id
    )
    waits = waits.select_related("by").order_by("-at", "-id")[:LENGTH]
    steps = merge(map(_of_place, changes), map(_of_wait, waits), key=attrgetter("at"), reverse=True)
    return list(steps)[:LENGTH]


def reason_of_suspension(enrollment_id: UUID) -> str:
    """Why staff closed the lessons to somebody the last time; "" if they gave no reason. One query."""
    changes = EnrollmentChange.objects.filter(
        enrollment=enrollment_id, to_status=Enrollment.Status.SUSPENDED
    )
    reasons = changes.order_by("-at", "-id").values_list("reason", flat=True)
    return reasons.first() or ""


def _of_place(change):
    has_changed = change.from_status and change.from_status != change.to_status
    before = change.get_from_status_display() if has_changed else ""
    return Step(change.at, before, change.get_to_status_display(), change.by, change.reason)


def _of_wait(change):
    if change.is_move:
        text = _("Waitlist: moved, priority %(before)s → %(after)s")
        values = {"before": change.from_priority, "after": change.to_priority}
    else:
        text, values = _("Waitlist: %(state)s"), {"state": change.get_to_state_display()}
    return Step(change.at, "", text % values, change.by, change.reason)
