"""What the roles that somebody was given grant: for `users.permissions`, which asks once a request."""

from collections.abc import Iterable
from uuid import UUID

from courses.models import RoleAssignment
from lib.rows import fetch_rows
from users.models import Permission
from users.permissions import Grants

ROLES = """
SELECT assigned.course_id, assigned.role_id, role.permissions
FROM courses_roleassignment assigned JOIN users_role role ON role.id = assigned.role_id
WHERE assigned.user_id = %s
"""

#: What a person's roles grant for the organization, read with every request's person.
GRANTED_EVERYWHERE = """(
    SELECT COALESCE(array_agg(granted), '{}')
    FROM courses_roleassignment assigned
    JOIN users_role role ON role.id = assigned.role_id, unnest(role.permissions) granted
    WHERE assigned.user_id = person.id AND assigned.course_id IS NULL
)"""


def grants_by_roles(user) -> Grants:
    """The permissions of all roles of a person, for the organization and course by course. One query."""
    everywhere: set[str] = set()
    on_courses: dict = {}
    rows = fetch_rows(ROLES, [user.pk])
    for row in rows:
        granted = (
            everywhere if row.course_id is None else on_courses.setdefault(row.course_id, set())
        )
        granted.update(row.permissions)
    return Grants(
        frozenset(everywhere),
        {course_id: frozenset(granted) for course_id, granted in on_courses.items()},
        frozenset(row.role_id for row in rows),
    )


def holders_by_roles(permission: Permission) -> Iterable[UUID]:
    """Those to whom a role grants the permission for the organization. One query."""
    assigned = RoleAssignment.objects.filter(course=None, role__permissions__contains=[permission])
    return assigned.values_list("user_id", flat=True)
