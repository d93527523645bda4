"""Who may look after the people of a course."""

from uuid import UUID

from courses.permissions import has_permission
from enrollments.models import SEE_PEOPLE, Enrollment, Section, WaitlistEntry
from enrollments.standing import Standing
from users.models import Permission
from users.permissions import holds


def can_see_people(standing: Standing) -> bool:
    """See who is on the course and how far they are: the owner, co-instructors and admins."""
    return any(map(standing.may, SEE_PEOPLE))


def sections_taught(standing: Standing) -> list[UUID]:
    """The sections whose people somebody sees who does not see all people of the course. One query."""
    found = Section.objects.filter(course_id=standing.course_id).taught_by(standing.user)
    return list(found.values_list("pk", flat=True))


def can_manage_people(standing: Standing) -> bool:
    """Suspend, lift, withdraw, bring back: the owner, co-instructors and admins."""
    return standing.may(Permission.ENROLLMENT_MANAGE)


def can_manage_enrollment(user, enrollment: Enrollment) -> bool:
    """The same for somebody's place alone. Two queries at most."""
    return has_permission(user, Permission.ENROLLMENT_MANAGE, enrollment.course)


def can_manage_waitlist(user, entry: WaitlistEntry) -> bool:
    """Move, skip, offer: whoever may look after the people of the course. Two queries at most."""
    return has_permission(user, Permission.ENROLLMENT_MANAGE, entry.course)


def can_place_anybody(user) -> bool:
    """Choose from all people of the organization whom to put on a course: admins."""
    return holds(user, Permission.ENROLLMENT_MANAGE) and holds(user, Permission.PERSON_SEE)
