"""Who sees, and who takes away, what was done."""

from collections.abc import Callable
from uuid import UUID

from django.db import connection
from django.db.models import Model

from activity.registry import Kind, course_rules
from users.models import Permission, User
from users.permissions import holds

COURSES_OF_ENTRIES = """
SELECT DISTINCT scope_id FROM tenancy_auditentry WHERE row_id = %s AND table_name = %s AND scope_id IS NOT NULL
"""

FEED_RIGHTS = frozenset({Permission.ACTIVITY_SEE, Permission.ACTIVITY_EXPORT})

_student_rules: list[Callable[[User, User], bool]] = []


def can_see_all(user) -> bool:
    """The whole organization's feed, and that of every row and person."""
    return holds(user, Permission.ACTIVITY_SEE)


def rights_on(user, kind: Kind, row_id: UUID, row: Model | None = None) -> frozenset[Permission]:
    """Whether one may see the feed of a row, and take it away: in the organization, or in one of its courses.

    No query for those who may everything, three at most for others; one less where `row` comes with its course.
    """
    held = frozenset(right for right in FEED_RIGHTS if holds(user, right))
    looks_after_some = user.is_authenticated and (user.is_staff or user.sees_private_rows)
    if held == FEED_RIGHTS or not looks_after_some:
        return held
    course = course_at_hand(kind, row)
    for course_id in [course.pk] if course else courses_of(kind, row_id):
        for rule in course_rules():
            held |= rule(user, course_id, FEED_RIGHTS - held, course)
    return held


def course_at_hand(kind: Kind, row: Model | None) -> Model | None:
    """The course of a row that was read together with it."""
    if row is None or kind.is_course:
        return row
    return row.course if "course" in row._state.fields_cache else None


def can_export_all(user) -> bool:
    """Take the whole organization's feed away as a file."""
    return can_see_all(user) and holds(user, Permission.ACTIVITY_EXPORT)


def courses_of(kind: Kind, row_id: UUID) -> list[UUID]:
    """The courses that a row is part of; of a deleted row, what its entries belong to."""
    if not kind.courses:
        return []
    if kind.is_course:
        return [row_id]
    with connection.cursor() as cursor:
        cursor.execute(kind.courses, {"id": row_id})
        found = [course_id for (course_id,) in cursor.fetchall() if course_id is not None]
        if not found:
            cursor.execute(COURSES_OF_ENTRIES, [row_id, kind.table])
            found = [course_id for (course_id,) in cursor.fetchall()]
    return found


def can_see_security(user) -> bool:
    """The security log, and its export."""
    return holds(user, Permission.SECURITY_SEE)


def register_student_rule(rule: Callable[[User, User], bool]) -> None:
    """Let `rule(user, student)` say who else may see the site as a student, such as who teaches them."""
    if rule not in _student_rules:
        _student_rules.append(rule)


def can_view_as(user, person: User) -> bool:
    """See the site as this person: never as somebody of the staff, who could be lent their rights."""
    if not user.is_authenticated or user == person or not person.is_active:
        return False
    if person.is_staff or person.sees_private_rows:
        return False
    return holds(user, Permission.PERSON_VIEW_AS) or any(
        rule(user, person) for rule in _student_rules
    )
