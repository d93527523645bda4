"""The courses that somebody waits for, for the page that they see first."""

from lib.rows import fetch_rows

MINE = """
SELECT c.title, c.slug, w.state, w.offer_expires_at
FROM enrollments_waitlistentry w JOIN courses_course c ON c.id = w.course_id AND c.deleted_at IS NULL
WHERE w.student_id = %(user)s AND w.state IN ('waiting', 'offered')
ORDER BY w.state, w.offer_expires_at, w.joined_at, w.id LIMIT 20
"""


def my_waitlists(user) -> list:
    """For templates: titles and short names of these courses, what was offered first. One query."""
    return fetch_rows(MINE, {"user": user.pk})
