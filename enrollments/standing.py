"""How somebody stands to a course: all that a decision or a button asks, read in one statement."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from courses.models import Course
from courses.teaching import LOOKING_AFTER, by_teaching
from enrollments.models import Enrollment, WaitlistEntry
from enrollments.ways import WayIn, proven_addresses, way_from
from lib.rows import fetch_row
from users.models import Permission
from users.permissions import holds

# The course by its id or by its short name, whichever is given.
STANDING = """
SELECT c.id AS course_id, c.slug, c.title, c.status, c.visibility, c.enrollment_type, c.price, c.currency,
    c.owner_id, c.deleted_at, c.is_sequential, c.outline_version, c.enrollment_closes_at,
    c.waitlist_enabled, c.access_ends_at, c.access_days, s.capacity, s.taken,
    s.student_count, s.completed_count, e.id AS enrollment_id, e.status AS state, COALESCE(e.percent, 0) AS percent, e.enrolled_at,
    e.completed_at, e.expires_at, (
        SELECT t.starts_at FROM enrollments_sectionmember m JOIN enrollments_section t ON t.id = m.section_id
        WHERE m.enrollment_id = e.id
    ) AS begins_at, e.last_lesson_id, e.approved_at, e.rejection_reason,
    w.id AS waitlist_id, w.state AS waitlist_state, w.offer_expires_at,
    CASE WHEN s.taken < s.capacity THEN enrollments_somebody_waits(c.id) ELSE false END AS is_held_for_queue,
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
    ) AS missing,
    CASE WHEN c.enrollment_type <> 'open' OR c.visibility <> 'public' THEN (
        SELECT json_build_object(
            'kind', w.kind, 'by', COALESCE(w.by_id, c.owner_id), 'id', w.id, 'expires_at', w.expires_at
        )::text
        FROM (
            SELECT 'invitation' AS kind, invited_by_id AS by_id, id, expires_at FROM enrollments_invitation
            WHERE course_id = c.id AND email = ANY (%(addresses)s::text[])
                AND accepted_at IS NULL AND revoked_at IS NULL
            UNION ALL
            SELECT 'address', added_by_id, NULL, NULL FROM enrollments_preapproval
            WHERE course_id = c.id AND value = ANY (%(addresses)s::text[])
        ) w
        ORDER BY w.expires_at DESC NULLS FIRST LIMIT 1
    ) END AS way
FROM courses_course c
JOIN courses_courseseats s ON s.course_id = c.id
LEFT JOIN enrollments_enrollment e ON e.course_id = c.id AND e.student_id = %(user)s
LEFT JOIN enrollments_waitlistentry w ON w.course_id = c.id AND w.student_id = %(user)s
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
    is_sequential: bool
    outline_version: int
    enrollment_closes_at: datetime | None
    waitlist_enabled: bool
    access_ends_at: datetime | None
    access_days: int | None
    capacity: int | None
    taken: int
    student_count: int
    completed_count: int
    enrollment_id: UUID | None
    state: str | None
    percent: Decimal
    enrolled_at: datetime | None
    completed_at: datetime | None
    expires_at: datetime | None
    begins_at: datetime | None
    last_lesson_id: UUID | None
    approved_at: datetime | None
    rejection_reason: str | None
    waitlist_id: UUID | None
    waitlist_state: str | None
    offer_expires_at: datetime | None
    is_held_for_queue: bool
    is_on_staff: bool
    missing: tuple[dict, ...]
    way: WayIn | None

    def may(self, permission: Permission) -> bool:
        """Whether the person has a permission on this course; as `courses.permissions.has_permission`.

        No query but that for the roles of somebody who has some, once a request.
        """
        user = self.user
        if user is None:
            return False
        teaching = by_teaching(
            user, owner_id=self.owner_id, is_co_instructor=lambda: self.is_on_staff
        )
        return permission in teaching or holds(user, permission, course_id=self.course_id)

    @property
    def teaches(self) -> bool:
        """May change the course, and so opens its lessons without a seat."""
        return self.may(Permission.COURSE_EDIT)

    @property
    def looks_after(self) -> bool:
        """Has something to do on the course beside learning, be it only to see who is on it."""
        return any(map(self.may, LOOKING_AFTER))

    @property
    def is_visible(self) -> bool:
        """May open the page of the course; the same as `Course.objects.visible_to`, without a query."""
        if self.deleted_at is not None:
            return False
        is_in_queue = self.is_waiting or self.has_offer
        return self.is_listed or self.is_on_it or is_in_queue or self.is_let_in or self.looks_after

    @property
    def is_listed(self) -> bool:
        """The catalogue shows the course to everyone."""
        return (
            self.status == Course.Status.PUBLISHED and self.visibility == Course.Visibility.PUBLIC
        )

    @property
    def is_let_in(self) -> bool:
        """Is invited, also when it is too late by now, or on the list of addresses."""
        return self.way is not None and self.status == Course.Status.PUBLISHED

    @property
    def is_on_it(self) -> bool:
        """Is on the course or may still read what became of their place; not after leaving it."""
        return self.state is not None and self.state != Enrollment.Status.WITHDRAWN

    @property
    def is_approved(self) -> bool:
        """Was given a place that had no free seat yet."""
        return self.state == Enrollment.Status.PENDING and self.approved_at is not None

    @property
    def is_learning(self) -> bool:
        return self.state in Enrollment.LEARNING

    @property
    def holds_seat(self) -> bool:
        return self.state in Enrollment.SEAT_HOLDING

    @property
    def free_seats(self) -> int | None:
        """None where the seats are not limited. A seat that is free while somebody waits is theirs."""
        if self.capacity is None:
            return None
        return 0 if self.is_held_for_queue else max(0, self.capacity - self.taken)

    @property
    def is_waiting(self) -> bool:
        """Stands in the queue of the waitlist."""
        return self.waitlist_state == WaitlistEntry.State.WAITING

    @property
    def has_offer(self) -> bool:
        """A seat is held for this person, on the word of the waitlist."""
        return self.waitlist_state == WaitlistEntry.State.OFFERED


def standing_of(user, course_id: UUID | None = None, *, slug: str = "") -> Standing | None:
    """How `user` (anonymous or not) stands to a course, by id or short name; None if there is none."""
    person = user if user is not None and user.is_authenticated else None
    parameters = {
        "user": person.pk if person else None,
        "addresses": proven_addresses(person),
        "course": slug or course_id,
    }
    row = fetch_row(BY_SLUG if slug else BY_ID, parameters)
    if row is None:
        return None
    missing = tuple(json.loads(text) for text in row.missing)
    return Standing(person, *row[:-2], missing, way_from(row.way))


def standing_here(request, course_id: UUID) -> Standing:
    """How a request's person stands to the course of its page, read once for all parts of the page."""
    known = getattr(request, "_standing", None)
    if known is None or known.course_id != course_id:
        known = request._standing = standing_of(request.user, course_id)
    return known
