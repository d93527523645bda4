"""Percentages per enrollment and module, compared with the lessons that were done.

An enrollment whose course changed since its numbers were derived is not wrong but due: the background job
or the student's next step derives it anew.
"""

from collections.abc import Iterator

from lib.rows import fetch_rows
from progress import paths

# All of it per enrollment and live module, the way `progress.derivation` derives it.
COUNTED = """
WITH size AS (
    SELECT m.course_id, m.id AS module_id, count(l.id) AS lessons
    FROM content_module m JOIN content_lesson l ON l.module_id = m.id AND l.deleted_at IS NULL AND NOT l.is_draft
    WHERE m.deleted_at IS NULL AND NOT m.is_draft GROUP BY m.course_id, m.id
), whole AS (
    SELECT course_id, sum(lessons)::int AS lessons FROM size GROUP BY course_id
), done AS (
    SELECT p.enrollment_id, l.module_id, count(*)::int AS lessons
    FROM progress_lessonprogress p
    JOIN content_lesson l ON l.id = p.lesson_id AND l.deleted_at IS NULL AND NOT l.is_draft
    JOIN content_module m ON m.id = l.module_id AND m.deleted_at IS NULL AND NOT m.is_draft
    WHERE p.completed_at IS NOT NULL GROUP BY p.enrollment_id, l.module_id
), done_all AS (
    SELECT enrollment_id, sum(lessons)::int AS lessons FROM done GROUP BY enrollment_id
)
"""

ENROLLMENTS = (
    COUNTED
    + """
SELECT e.id, e.percent, e.completed_lesson_count, COALESCE(d.lessons, 0) AS done,
    CASE WHEN w.lessons > 0 THEN trunc(100.0 * COALESCE(d.lessons, 0) / w.lessons, 2) ELSE 0 END AS counted
FROM enrollments_enrollment e JOIN courses_course c ON c.id = e.course_id
LEFT JOIN whole w ON w.course_id = e.course_id LEFT JOIN done_all d ON d.enrollment_id = e.id
WHERE e.outline_version IN (0, c.outline_version) AND (
    e.completed_lesson_count <> COALESCE(d.lessons, 0)
    OR CASE WHEN w.lessons > 0 THEN trunc(100.0 * COALESCE(d.lessons, 0) / w.lessons, 2) ELSE 0 END
        <> e.percent AND NOT (e.status = 'completed' AND e.percent = 100)
)
ORDER BY e.id
"""
)

MODULES = (
    COUNTED
    + """
SELECT e.id, s.module_id, p.percent, p.completed_lesson_count, p.lesson_count,
    COALESCE(d.lessons, 0) AS done, s.lessons
FROM enrollments_enrollment e JOIN courses_course c ON c.id = e.course_id
JOIN size s ON s.course_id = e.course_id
LEFT JOIN done d ON d.enrollment_id = e.id AND d.module_id = s.module_id
LEFT JOIN progress_moduleprogress p ON p.enrollment_id = e.id AND p.module_id = s.module_id
WHERE e.outline_version IN (0, c.outline_version) AND (
    COALESCE(p.completed_lesson_count, 0) <> COALESCE(d.lessons, 0)
    OR p.lesson_count <> s.lessons
    OR p.percent <> trunc(100.0 * COALESCE(d.lessons, 0) / s.lessons, 2)
    OR (p.completed_at IS NOT NULL) <> (COALESCE(d.lessons, 0) = s.lessons) AND p.id IS NOT NULL
)
ORDER BY e.id, s.module_id
"""
)


def check() -> Iterator[dict]:
    """Every difference in the current organization, as a dict that names the row and both values."""
    for row in fetch_rows(ENROLLMENTS):
        for field, stored, counted in (
            ("completed_lesson_count", row.completed_lesson_count, row.done),
            ("percent", row.percent, row.counted),
        ):
            if stored != counted:
                yield {
                    "what": "course percentage",
                    "enrollment": str(row.id),
                    "field": field,
                    "stored": str(stored),
                    "counted": str(counted),
                }
    for row in fetch_rows(MODULES):
        yield {
            "what": "module percentage",
            "enrollment": str(row.id),
            "module": str(row.module_id),
            "field": "lessons done",
            "stored": f"{row.completed_lesson_count}/{row.lesson_count} = {row.percent}",
            "counted": f"{row.done}/{row.lessons}",
        }
    for row in paths.differences():
        yield {
            "what": "path percentage",
            "place": str(row.id),
            "field": "percent",
            "stored": str(row.stored),
            "counted": str(row.counted),
        }
