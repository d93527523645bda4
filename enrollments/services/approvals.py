"""Somebody who was let in, or approved, and for whom no seat is free: they keep their approval while they wait."""

from datetime import datetime

from django.db import transaction

from enrollments.models import Enrollment, EnrollmentChange
from enrollments.services.places import change_state, use_way
from enrollments.standing import Standing

Status = Enrollment.Status


@transaction.atomic
def keep_way_in(standing: Standing, *, by, now: datetime) -> Enrollment:
    """Turn what lets somebody in into an approval that outlives it; an invitation is used up.

    Raises EnrollmentRefused where the invitation is gone by now.
    """
    use_way(standing, now=now)
    approved = {"approved_by_id": standing.way.by_id, "approved_at": now}
    asked = {"approval_requested_at": now}
    if standing.enrollment_id is None:
        return begin_pending(
            standing, by=by, now=now, reason=standing.way.reason, **asked, **approved
        )
    if standing.state == Status.PENDING:
        Enrollment.objects.filter(pk=standing.enrollment_id).update(**approved)
        return Enrollment.objects.get(pk=standing.enrollment_id)
    return change_state(
        standing.enrollment_id,
        Status.PENDING,
        by=by,
        now=now,
        reason=standing.way.reason,
        **asked,
        **approved,
    )


def begin_pending(
    standing: Standing, *, by, now: datetime, reason: str = "", **fields
) -> Enrollment:
    """A first enrollment that waits, with the beginning of its history; the one that is there after a second click."""
    enrollment, is_new = Enrollment.objects.get_or_create(
        course_id=standing.course_id,
        student=standing.user,
        defaults={"status": Status.PENDING, **fields},
    )
    if is_new:
        EnrollmentChange.objects.create(
            enrollment=enrollment,
            student_id=enrollment.student_id,
            to_status=Status.PENDING,
            by=by,
            at=now,
            reason=reason,
        )
    return enrollment
