"""Who may look after the certificates of a course, and what they look like."""

from courses.models import Course
from courses.permissions import can_edit_course, has_permission
from enrollments.models import SEE_PEOPLE
from users.models import Permission
from users.permissions import holds

#: Who may see the certificates of a course.
SEE = frozenset(SEE_PEOPLE)


def can_manage_certificates(user, course: Course) -> bool:
    """Revoke and issue anew: who looks after the people of the course. Two queries at most."""
    return has_permission(user, Permission.ENROLLMENT_MANAGE, course)


def can_design(user, course: Course) -> bool:
    """Say what the certificates of the course will look like: who may edit it."""
    return can_edit_course(user, course)


def can_design_default(user) -> bool:
    """The same for all courses without a design of their own: who looks after the organization."""
    return holds(user, Permission.ORGANIZATION_MANAGE)
