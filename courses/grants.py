"""What the roles that somebody was given grant: for `users.permissions`, which asks once a request."""

from lib.rows import fetch_rows
from users.permissions import Grants

ROLES = """
SELECT assigned.course_id, assigned.role_id, role.permissions
FROM courses_roleassignment assigned JOIN users_role role ON role.id = assigned.role_id
WHERE assigned.user_id = %s
"""


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
