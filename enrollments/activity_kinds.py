"""What the activity feeds say about people's places on courses."""

from django.utils.translation import gettext_lazy as _

from activity.registry import Kind, register
from enrollments.models import Enrollment, EnrollmentChange, PathEnrollment

Status = Enrollment.Status

_STATES = {
    Status.ACTIVE: _("%(who)s activated %(thing)s"),
    Status.COMPLETED: _("%(who)s completed %(thing)s"),
    Status.PAUSED: _("%(who)s paused %(thing)s"),
    Status.SUSPENDED: _("%(who)s suspended %(thing)s"),
    Status.WITHDRAWN: _("%(who)s withdrew %(thing)s"),
    Status.REJECTED: _("%(who)s rejected %(thing)s"),
}


def tell_state(before: dict | None, after: dict | None) -> str | None:
    if before is None or after is None:
        return None
    return _STATES.get(after.get("status"))


def tell_path(before: dict | None, after: dict | None) -> str | None:
    if after is None:
        return None
    if before is None or ("left_at" in after and after["left_at"] is None):
        return _("%(who)s joined %(thing)s")
    if after.get("left_at"):
        return _("%(who)s left %(thing)s")
    return _("%(who)s completed %(thing)s") if after.get("completed_at") else None


register(
    Kind(
        Enrollment,
        _("the place of %(name)s"),
        columns=("student_id", "course_id"),
        courses="SELECT course_id FROM enrollments_enrollment WHERE id = %(id)s",
        tells=tell_state,
        hidden=frozenset({"completed_lesson_count", "percent", "outline_version"}),
        weight=8,
    ),
    Kind(
        EnrollmentChange,
        _("the state of the place of %(name)s"),
        columns=("student_id",),
        courses="""
            SELECT e.course_id FROM enrollments_enrollmentchange c
            JOIN enrollments_enrollment e ON e.id = c.enrollment_id WHERE c.id = %(id)s
        """,
        hidden=frozenset({"at", "enrollment_id", "student_id", "by_id"}),
        weight=1,
    ),
    Kind(
        PathEnrollment,
        _("the learning path “%(name)s”"),
        columns=("path_id",),
        tells=tell_path,
        hidden=frozenset({"percent", "joined_at", "student_id"}),
        weight=7,
    ),
)
