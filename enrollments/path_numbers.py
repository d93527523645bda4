"""How people get on with a learning path: numbers for its author."""

from dataclasses import dataclass

from content.models import LearningPath
from lib.rows import fetch_row, fetch_rows

PEOPLE = """
SELECT count(*) AS joined, count(*) FILTER (WHERE left_at IS NOT NULL AND completed_at IS NULL) AS left_it,
    count(*) FILTER (WHERE completed_at IS NOT NULL) AS completed
FROM enrollments_pathenrollment WHERE path_id = %(path)s
"""
# Of everybody who ever joined: who began and completed each step. Of those under way: whose next required step it is.
STEPS = """
SELECT s.id, s.position, s.is_required, c.title, c.slug,
    count(e.id) FILTER (WHERE e.status IN ('active', 'paused', 'suspended', 'completed')) AS begun,
    count(e.id) FILTER (WHERE e.status = 'completed') AS completed,
    count(p.id) FILTER (WHERE p.left_at IS NULL AND p.completed_at IS NULL AND s.is_required
        AND e.status IS DISTINCT FROM 'completed' AND NOT EXISTS (
            SELECT FROM content_pathstep before
            LEFT JOIN enrollments_enrollment done ON done.course_id = before.course_id
                AND done.student_id = p.student_id AND done.status = 'completed'
            WHERE before.path_id = s.path_id AND before.is_required AND before.position < s.position
                AND done.id IS NULL
        )) AS stand_here
FROM content_pathstep s JOIN courses_course c ON c.id = s.course_id
LEFT JOIN enrollments_pathenrollment p ON p.path_id = s.path_id
LEFT JOIN enrollments_enrollment e ON e.course_id = s.course_id AND e.student_id = p.student_id
WHERE s.path_id = %(path)s
GROUP BY s.id, s.position, s.is_required, c.title, c.slug
ORDER BY s.position
"""


@dataclass(frozen=True, slots=True)
class PathNumbers:
    """Everybody who ever joined is under way, has left, or has completed the path; the three add up."""

    joined: int
    under_way: int
    left: int
    completed: int
    steps: list  #: rows with `begun`, `completed` and `stand_here`, the people whose next required step it is


def read_numbers(path: LearningPath) -> PathNumbers:
    """Two queries."""
    people = fetch_row(PEOPLE, {"path": path.pk})
    return PathNumbers(
        joined=people.joined,
        under_way=people.joined - people.left_it - people.completed,
        left=people.left_it,
        completed=people.completed,
        steps=fetch_rows(STEPS, {"path": path.pk}),
    )
