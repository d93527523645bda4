"""Who may do what with a course: by built-in role, by teaching it, or by a role of the organization."""

from collections.abc import Iterable

from courses.models import Course, CourseStaff
from courses.teaching import LOOKING_AFTER, by_teaching
from users.models import Permission, User
from users.permissions import held_by, holds


def has_permission(user, permission: Permission, course: Course) -> bool:
    """Whether `user` (anonymous or not) has a permission on the course.

    One query for an instructor who is not the owner, and one a request for those with roles.
    """
    if permission in LOOKING_AFTER and permission in _by_teaching(user, course):
        return True
    return holds(user, permission, course_id=course.pk)


def permissions_on(
    user, course: Course, permissions: Iterable[Permission]
) -> frozenset[Permission]:
    """Which of the permissions `user` has on the course; as `has_permission`, at the queries of one."""
    wanted = frozenset(permissions)
    taught = wanted & (_by_teaching(user, course) if wanted & LOOKING_AFTER else frozenset())
    by_role = {right for right in wanted - taught if holds(user, right, course_id=course.pk)}
    return taught | by_role


def held_on(user: User, course: Course) -> frozenset[str]:
    """All that somebody may do on the course. Two queries at most."""
    return _by_teaching(user, course) | held_by(user, course_id=course.pk)


def _by_teaching(user, course):
    def is_co_instructor():
        return CourseStaff.objects.filter(course=course, user=user).exists()

    return by_teaching(user, owner_id=course.owner_id, is_co_instructor=is_co_instructor)


def can_create_course(user) -> bool:
    """Those whose built-in role lets them own a course: instructors and admins."""
    return holds(user, Permission.COURSE_CREATE) and (user.is_instructor or user.is_admin)


def can_view_course(user, course: Course) -> bool:
    """Everyone for what is published to all; otherwise as `Course.objects.visible_to` has it."""
    if course.is_listed:
        return True
    return Course.objects.visible_to(user).filter(pk=course.pk).exists()


def can_edit_course(user, course: Course) -> bool:
    """Change what it says and teaches: the owner, co-instructors and admins."""
    return has_permission(user, Permission.COURSE_EDIT, course)


def can_publish_course(user, course: Course) -> bool:
    """Publish, unpublish and archive it: the owner, co-instructors and admins."""
    return has_permission(user, Permission.COURSE_PUBLISH, course)


def can_see_staff(user, course: Course) -> bool:
    """Everyone who looks after the course in some way. Two queries at most."""
    return Course.objects.permitted_to(user, *LOOKING_AFTER).filter(pk=course.pk).exists()


def can_manage_staff(user, course: Course) -> bool:
    """Choose who looks after it: the owner and admins."""
    return has_permission(user, Permission.COURSE_STAFF, course)


def can_see_activity(user, course: Course) -> bool:
    """See who changed what on it: the owner, co-instructors and admins."""
    return has_permission(user, Permission.ACTIVITY_SEE, course)


def can_give_course_away(user, course: Course) -> bool:
    """The owner and admins alone: a role to choose helpers does not make the course one's own."""
    return owns_or_runs(user, course)


def can_trash_course(user, course: Course) -> bool:
    """The owner and admins; the same people take it out again."""
    return owns_or_runs(user, course)


def can_purge_course(user, course: Course) -> bool:
    """Admins alone, since nothing brings it back."""
    return user.is_authenticated and user.is_admin


def can_edit_subjects(user) -> bool:
    """Arrange the subjects, which belong to the whole organization."""
    return holds(user, Permission.SUBJECT_MANAGE)


def owns_or_runs(user, course: Course) -> bool:
    """Whether this is an admin, or the owner as long as their role lets them teach."""
    if not user.is_authenticated:
        return False
    return user.is_admin or (user.is_instructor and course.owner_id == user.pk)
