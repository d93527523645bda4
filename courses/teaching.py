"""What teaching a course grants on it, and what roles may grant for a single course."""

from collections.abc import Callable
from uuid import UUID

from users.models import Permission

#: What a co-instructor may do on the course.
CO_INSTRUCTOR_MAY = frozenset(
    {
        Permission.COURSE_EDIT,
        Permission.COURSE_PUBLISH,
        Permission.ENROLLMENT_SEE,
        Permission.ENROLLMENT_MANAGE,
        Permission.ACTIVITY_SEE,
        Permission.ACTIVITY_EXPORT,
        Permission.ACTIVITY_UNDO,
    }
)
#: A co-instructor neither invites others nor gives the course away.
OWNER_MAY = CO_INSTRUCTOR_MAY | {Permission.COURSE_STAFF}

#: Who has one of these on a course looks after it, and so sees it while it is no one else's to see.
LOOKING_AFTER = OWNER_MAY

#: What a role may grant for a single course; the other permissions are about the organization.
FOR_ONE_COURSE = LOOKING_AFTER | {Permission.COURSE_ENROLL}


def by_teaching(
    user, *, owner_id: UUID | None, is_co_instructor: Callable[[], bool]
) -> frozenset[str]:
    """What somebody's part in teaching a course grants on it, as long as their built-in role lets them teach.

    `is_co_instructor` is asked last, for it may cost a query.
    """
    if not user.is_authenticated or not user.is_instructor:
        return frozenset()
    if owner_id == user.pk:
        return OWNER_MAY
    return CO_INSTRUCTOR_MAY if is_co_instructor() else frozenset()
