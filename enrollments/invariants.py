"""Seats, counts and waitlists per course, compared with the enrollments and offers they are kept from."""

from collections.abc import Iterator

from lib.rows import fetch_rows

SEATS = """
WITH held AS (
    SELECT course_id, count(*) AS held, count(*) FILTER (WHERE status = 'completed') AS completed
    FROM enrollments_enrollment WHERE status = ANY (ARRAY['active', 'paused', 'suspended', 'completed'])
    GROUP BY course_id
), offered AS (
    SELECT course_id, count(*) AS offered FROM enrollments_waitlistentry WHERE state = 'offered'
    GROUP BY course_id
)
SELECT s.course_id, s.taken, s.student_count, s.completed_count, s.capacity, c.max_capacity,
    COALESCE(h.held, 0) AS held, COALESCE(h.completed, 0) AS completed,
    COALESCE(h.held, 0) + COALESCE(o.offered, 0) AS held_or_offered
FROM courses_courseseats s JOIN courses_course c ON c.id = s.course_id LEFT JOIN held h USING (course_id)
    LEFT JOIN offered o USING (course_id)
WHERE s.taken <> COALESCE(h.held, 0) + COALESCE(o.offered, 0) OR s.student_count <> COALESCE(h.held, 0)
    OR s.completed_count <> COALESCE(h.completed, 0) OR s.capacity IS DISTINCT FROM c.max_capacity
ORDER BY s.course_id
"""

HISTORY = """
SELECT e.id, e.status, last.to_status
FROM enrollments_enrollment e CROSS JOIN LATERAL (
    SELECT to_status FROM enrollments_enrollmentchange c WHERE c.enrollment_id = e.id
    ORDER BY c.at DESC, c.id DESC LIMIT 1
) last
WHERE last.to_status <> e.status
ORDER BY e.id
"""


# A free seat that somebody waits for whom nothing keeps from it.
UNSERVED = """
SELECT s.course_id, s.capacity - s.taken AS free, count(*) AS waiting
FROM courses_courseseats s JOIN courses_course c ON c.id = s.course_id
JOIN enrollments_waitlistentry w ON w.course_id = s.course_id AND w.state = 'waiting'
JOIN users_user u ON u.id = w.student_id AND u.is_active
WHERE (s.capacity IS NULL OR s.taken < s.capacity) AND c.status = 'published' AND c.deleted_at IS NULL
    AND (c.enrollment_closes_at IS NULL OR c.enrollment_closes_at > now())
    AND (c.access_ends_at IS NULL OR c.access_ends_at > now())
GROUP BY s.course_id, s.capacity, s.taken
ORDER BY s.course_id
"""

# An offer that came by itself while somebody stood further in front, and neither was moved since.
OVERTAKEN = """
SELECT w.id, o.id AS overtaken_by
FROM enrollments_waitlistentry o
JOIN enrollments_waitlistchange made ON made.entry_id = o.id AND made.at = o.offered_at
    AND made.to_state = 'offered' AND made.by_id IS NULL
JOIN enrollments_waitlistentry w ON w.course_id = o.course_id AND w.state = 'waiting'
    AND (w.priority, w.joined_at, w.id) < (o.priority, o.joined_at, o.id) AND w.joined_at < o.offered_at
JOIN users_user u ON u.id = w.student_id AND u.is_active
WHERE o.state = 'offered' AND NOT EXISTS (
    SELECT FROM enrollments_waitlistchange c WHERE c.entry_id = w.id AND c.at >= o.offered_at
)
ORDER BY w.id
"""

WAITS = """
SELECT w.id, w.state, last.to_state, EXISTS (
    SELECT FROM enrollments_enrollment e WHERE e.course_id = w.course_id AND e.student_id = w.student_id
        AND e.status = ANY (ARRAY['active', 'paused', 'suspended', 'completed'])
) AS holds_seat
FROM enrollments_waitlistentry w CROSS JOIN LATERAL (
    SELECT to_state FROM enrollments_waitlistchange c WHERE c.entry_id = w.id ORDER BY c.id DESC LIMIT 1
) last
WHERE w.state IN ('waiting', 'offered') OR last.to_state <> w.state
ORDER BY w.id
"""


def check() -> Iterator[dict]:
    """Every difference in the current organization, as a dict that names the row and both values."""
    yield from _check_places()
    yield from _check_waitlists()


def _check_places():
    for row in fetch_rows(SEATS):
        pairs = {
            "taken": (row.taken, row.held_or_offered),
            "student_count": (row.student_count, row.held),
            "completed_count": (row.completed_count, row.completed),
            "capacity": (row.capacity, row.max_capacity),
        }
        for field, (stored, counted) in pairs.items():
            if stored != counted:
                yield {
                    "what": "seats",
                    "course": str(row.course_id),
                    "field": field,
                    "stored": stored,
                    "counted": counted,
                }
    for row in fetch_rows(HISTORY):
        yield {
            "what": "history",
            "enrollment": str(row.id),
            "field": "status",
            "stored": row.status,
            "counted": row.to_status,
        }


def _check_waitlists():
    for row in fetch_rows(UNSERVED):
        yield {
            "what": "waitlist",
            "course": str(row.course_id),
            "field": "free seats while somebody waits",
            "stored": row.free,
            "counted": row.waiting,
        }
    for row in fetch_rows(OVERTAKEN):
        yield {
            "what": "waitlist",
            "entry": str(row.id),
            "field": "order",
            "stored": "waiting",
            "counted": f"overtaken by {row.overtaken_by}",
        }
    for row in fetch_rows(WAITS):
        if row.state != row.to_state:
            stored, counted = row.state, row.to_state
        elif row.holds_seat:
            stored, counted = row.state, "placed"
        else:
            continue
        yield {
            "what": "waitlist",
            "entry": str(row.id),
            "field": "state",
            "stored": stored,
            "counted": counted,
        }
