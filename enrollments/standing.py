"""How somebody stands to a course: all that a decision or a button asks, read in one statement."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from enrollments.models import Enrollment
from lib.rows import fetch_row

# The course by its id or by its short name, whichever is given.
STANDING = """
SELECT c.id AS course_id, c.slug, c.title, c.status, c.visibility, c.enrollment_type, c.price, c.currency,
    c.owner_id, c.deleted_at, s.capacity, s.taken,
    e.id AS enrollment_id, e.status AS state, COALESCE(e.percent, 0) AS percent, e.enrolled_at,
    e.last_accessed_at, l.slug AS last_lesson_slug,
    EXISTS (
        SELECT FROM courses_coursestaff t WHERE t.course_id = c.id AND t.user_id = %(user)s
    ) AS is_on_staff,
    ARRAY(
        SELECT json_build_object('title', r.title, 'slug', r.slug)::text
        FROM courses_courseprerequisite p JOIN courses_course r ON r.id = p.required_course_id
        WHERE p.course_id = c.id AND r.deleted_at IS NULL AND NOT EXISTS (
            SELECT FROM enrollments_enrollment d
            WHERE d.course_id = r.id AND d.student_id = %(user)s AND d.status = 'completed'
        )
        ORDER BY p.created_at, p.id
    ) AS missing
FROM courses_course c
JOIN courses_courseseats s ON s.course_id = c.id
LEFT JOIN enrollments_enrollment e ON e.course_id = c.id AND e.student_id = %(user)s
LEFT JOIN content_lesson l ON l.id = e.last_lesson_id AND l.deleted_at IS NULL
WHERE {course}
"""
BY_ID = STANDING.format(course="c.id = %(course)s")
BY_SLUG = STANDING.format(course="c.slug = %(course)s")


@dataclass(frozen=True, slots=True)
class Standing:
    """One person before one course. `user` is None for a visitor who has not signed in."""

    user: object
    course_id: UUID
    slug: str
    title: str
    status: str
    visibility: str
    enrollment_type: str
    price: Decimal | None
    currency: str
    owner_id: UUID | None
    deleted_at: datetime | None
    capacity: int | None
    taken: int
    enrollment_id: UUID | None
    state: str | None
    percent: Decimal
    enrolled_at: datetime | None
    last_accessed_at: datetime | None
    last_lesson_slug: str | None
    is_on_staff: bool
    missing: tuple[dict, ...]

    @property
    def teaches(self) -> bool:
        """May change the course, and so opens its lessons without a seat."""
        user = self.user
        if user is None:
            return False
        if user.is_admin:
            return True
        return user.is_instructor and (self.owner_id == user.pk or self.is_on_staff)

    @property
    def is_learning(self) -> bool:
        return self.state in Enrollment.LEARNING

    @property
    def holds_seat(self) -> bool:
        return self.state in Enrollment.SEAT_HOLDING

    @property
    def free_seats(self) -> int | None:
        """None where the seats are not limited."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)


def standing_of(user, course_id: UUID | None = None, *, slug: str = "") -> Standing | None:
    """How `user` (anonymous or not) stands to a course, by id or short name; None if there is none."""
    person = user if user is not None and user.is_authenticated else None
    parameters = {"user": person.pk if person else None, "course": slug or course_id}
    row = fetch_row(BY_SLUG if slug else BY_ID, parameters)
    if row is None:
        return None
    missing = tuple(json.loads(text) for text in row.missing)
    return Standing(person, *row[:-1], missing)
