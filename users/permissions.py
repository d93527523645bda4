"""Who may do what, as far as the built-in roles say; and who may see what of a person."""

from uuid import UUID

from users.models import Permission, User

#: What a built-in role grants for the whole organization. What an instructor may do with their own courses,
#: `courses.permissions` adds.
BUILT_IN = {
    User.Role.ADMIN: frozenset(Permission),
    User.Role.INSTRUCTOR: frozenset({Permission.COURSE_CREATE}),
    User.Role.STUDENT: frozenset({Permission.COURSE_ENROLL}),
    User.Role.GUEST: frozenset(),
}


def holds(user, permission: Permission, *, course_id: UUID | None = None) -> bool:
    """Whether `user` (anonymous or not) has a permission, for the organization or for one course."""
    if not user.is_authenticated or not user.is_active:
        return False
    return permission in BUILT_IN[user.role]


def can_see_email(user: User, person: User) -> bool:
    """An e-mail is for its owner and for those who see everybody's account."""
    return user == person or holds(user, Permission.PERSON_SEE)
