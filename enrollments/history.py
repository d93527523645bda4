"""What happened to somebody's place on a course: each step with who, when and why."""

from enrollments.models import Enrollment, EnrollmentChange

LENGTH = 100


def last_changes(enrollment: Enrollment) -> list[EnrollmentChange]:
    """The last steps, the newest first, with the people who took them. One query."""
    changes = enrollment.changes.select_related("by").order_by("-at", "-id")
    return list(changes[:LENGTH])
