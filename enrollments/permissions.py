"""Who may look after the people of a course."""

from courses.permissions import can_edit_course
from enrollments.models import Enrollment
from enrollments.standing import Standing


def can_see_people(standing: Standing) -> bool:
    """The owner, co-instructors and admins."""
    return standing.teaches


def can_manage_enrollment(user, enrollment: Enrollment) -> bool:
    """Those who may change the course: suspend, lift, withdraw, complete, reopen. Two queries at most."""
    return can_edit_course(user, enrollment.course)
