"""Seats and counts per course, compared with the enrollments they are kept from."""

from collections.abc import Iterator

from lib.rows import fetch_rows

SEATS = """
WITH held AS (
    SELECT course_id, count(*) AS held, count(*) FILTER (WHERE status = 'completed') AS completed
    FROM enrollments_enrollment WHERE status = ANY (ARRAY['active', 'paused', 'suspended', 'completed'])
    GROUP BY course_id
)
SELECT s.course_id, s.taken, s.student_count, s.completed_count, s.capacity, c.max_capacity,
    COALESCE(h.held, 0) AS held, COALESCE(h.completed, 0) AS completed
FROM courses_courseseats s JOIN courses_course c ON c.id = s.course_id LEFT JOIN held h USING (course_id)
WHERE s.taken <> COALESCE(h.held, 0) OR s.student_count <> COALESCE(h.held, 0)
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


def check() -> Iterator[dict]:
    """Every difference in the current organization, as a dict that names the row and both values."""
    for row in fetch_rows(SEATS):
        pairs = {
            "taken": (row.taken, row.held),
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
