"""What a student's own pages show of all their courses."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import DateTimeField, UUIDField
from django.utils import timezone
from django.utils.translation import gettext as _

from content.rules import opening_text
from enrollments.models import Enrollment
from lib.pagination import Column, Page, paginate_rows
from lib.rows import fetch_rows

Status = Enrollment.Status

#: States in which a course stands among a student's own.
SHOWN = (Status.ACTIVE, Status.PAUSED, Status.SUSPENDED, Status.PENDING, Status.COMPLETED)

#: When a student was last on a course.
SEEN_AT = "COALESCE(e.last_accessed_at, e.enrolled_at, e.created_at)"

# A student's places in some states. Who was accepted and waits for a seat finds the course among those.
OWN_COURSES = f"""
SELECT e.id, e.status, e.percent, e.completed_lesson_count, e.completed_at, e.last_lesson_id, e.approved_at,
    {SEEN_AT} AS seen_at,
    c.slug AS course__slug, c.title AS course__title, c.thumbnail AS course__thumbnail
FROM enrollments_enrollment e JOIN courses_course c ON c.id = e.course_id
WHERE e.student_id = %(student)s AND e.status = ANY(%(states)s) AND c.deleted_at IS NULL
    AND NOT (e.status = 'pending' AND e.approved_at IS NOT NULL AND EXISTS (
        SELECT FROM enrollments_waitlistentry w
        WHERE w.course_id = e.course_id AND w.student_id = e.student_id AND w.state IN ('waiting', 'offered')
    ))
"""
UNFINISHED_FIRST = f"{OWN_COURSES} ORDER BY e.completed_at, seen_at DESC, e.id DESC LIMIT %(limit)s"
LATEST_FIRST = f"{OWN_COURSES} ORDER BY seen_at DESC, e.id DESC LIMIT %(limit)s"
LATEST_BEFORE = (
    f"{OWN_COURSES} AND ({SEEN_AT}, e.id) < (%(seen_at)s, %(id)s) "
    "ORDER BY seen_at DESC, e.id DESC LIMIT %(limit)s"
)
EARLIEST_AFTER = (
    f"{OWN_COURSES} AND ({SEEN_AT}, e.id) > (%(seen_at)s, %(id)s) "
    "ORDER BY seen_at, e.id LIMIT %(limit)s"
)
ORDER = [Column("-seen_at", DateTimeField), Column("-id", UUIDField)]

#: When a module or lesson opens to an enrollment, NULL for at once; as `content.rules.opening_of`.
OPENS_AT = """COALESCE({part}.opens_at, (
    date_trunc('day', e.enrolled_at AT TIME ZONE %(zone)s) + make_interval(days => {part}.opens_after_days)
) AT TIME ZONE %(zone)s)"""
OPENS_WITH_MODULE = f"GREATEST({OPENS_AT.format(part='m')}, {OPENS_AT.format(part='l')})"

# The first lesson of each enrollment that is not done, with its number as the outline shows it. Module by
# module, and lesson by lesson: the search ends at the first hit, however long the course is and however far
# the student has come.
NEXT_LESSONS = f"""
SELECT e.id, n.*
FROM enrollments_enrollment e CROSS JOIN LATERAL (
    SELECT l.slug, l.title, {OPENS_WITH_MODULE} AS opens_at,
        (SELECT count(*) FROM content_module b
            WHERE b.course_id = m.course_id AND b.deleted_at IS NULL AND NOT b.is_draft AND b.position <= m.position)
        || '.' ||
        (SELECT count(*) FROM content_lesson b
            WHERE b.module_id = m.id AND b.deleted_at IS NULL AND NOT b.is_draft AND b.position <= l.position) AS number
    FROM content_module m CROSS JOIN LATERAL (
        SELECT slug, title, position, opens_at, opens_after_days FROM content_lesson
        WHERE module_id = m.id AND deleted_at IS NULL AND NOT is_draft AND (
            SELECT p.completed_at FROM progress_lessonprogress p
            WHERE p.enrollment_id = e.id AND p.lesson_id = content_lesson.id
        ) IS NULL
        ORDER BY position LIMIT 1
    ) l
    WHERE m.course_id = e.course_id AND m.deleted_at IS NULL AND NOT m.is_draft
    ORDER BY m.position LIMIT 1
) n
WHERE e.id = ANY(%(enrollments)s)
"""

# Where the first lesson that is not done waits for its day: among those that wait for no other lesson, the first
# that is open, else the one that opens first. As `progress.unlocking.barriers_of`.
OPEN_LESSONS = f"""
SELECT DISTINCT ON (n.id) n.* FROM (
    SELECT e.id, l.slug, l.title, m.position AS module_position, l.position, l.is_done,
        {OPENS_WITH_MODULE} AS opens_at,
        dense_rank() OVER (PARTITION BY e.id ORDER BY m.position) || '.' || l.place AS number,
        bool_or(NOT l.is_done) OVER (
            PARTITION BY e.id ORDER BY m.position GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AND c.is_sequential AS waits_for_module,
        bool_or(NOT l.is_done) OVER (
            PARTITION BY m.id, e.id ORDER BY l.position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AND (m.lesson_order = 'sequential' OR m.lesson_order = 'course' AND c.is_sequential) AS waits_for_lesson
    FROM enrollments_enrollment e JOIN courses_course c ON c.id = e.course_id
    JOIN content_module m ON m.course_id = c.id AND m.deleted_at IS NULL AND NOT m.is_draft
    LEFT JOIN LATERAL (
        SELECT slug, title, position, opens_at, opens_after_days, row_number() OVER (ORDER BY position) AS place,
            EXISTS (
                SELECT FROM progress_lessonprogress p
                WHERE p.enrollment_id = e.id AND p.lesson_id = x.id AND p.completed_at IS NOT NULL
            ) AS is_done
        FROM content_lesson x WHERE x.module_id = m.id AND x.deleted_at IS NULL AND NOT x.is_draft
    ) l ON TRUE
    WHERE e.id = ANY(%(enrollments)s)
) n
WHERE NOT n.is_done AND n.waits_for_module IS NOT TRUE AND n.waits_for_lesson IS NOT TRUE
ORDER BY n.id, GREATEST(n.opens_at, %(now)s), n.module_position, n.position
"""


class NextLesson(NamedTuple):
    """The lesson that comes next in a course: "2.3 Branches"; `opening` says when, "" where it is open."""

    number: str
    title: str
    slug: str
    opening: str = ""


def first_courses(user, limit: int) -> list:
    """A student's courses for the dashboard: those under way first, the latest seen first. One query."""
    values = {"student": user.pk, "states": _plain(SHOWN), "limit": limit}
    return fetch_rows(UNFINISHED_FIRST, values)


def page_of_courses(user, states, cursor: str | None) -> Page:
    """A page of a student's courses in these states, the latest seen first. One query."""

    def fetch(position, backwards, limit):
        values = {"student": user.pk, "states": _plain(states), "limit": limit}
        if position is None:
            return fetch_rows(LATEST_FIRST, values)
        values["seen_at"], values["id"] = position
        return fetch_rows(EARLIEST_AFTER if backwards else LATEST_BEFORE, values)

    return paginate_rows(fetch, ORDER, cursor=cursor)


def _plain(states):
    return [str(state) for state in states]


def next_lessons(enrollment_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, NextLesson]:
    """For each enrollment the first lesson that is open and not done, else the one that opens next.

    Those with nothing left to do are left out. One query, two where a lesson waits for its day.
    """
    values = {
        "enrollments": list(enrollment_ids),
        "zone": timezone.get_current_timezone_name(),
        "now": now,
    }
    if not values["enrollments"]:
        return {}
    rows = {row.id: row for row in fetch_rows(NEXT_LESSONS, values)}
    values["enrollments"] = [row.id for row in rows.values() if _waits(row, now)]
    if values["enrollments"]:
        rows |= {row.id: row for row in fetch_rows(OPEN_LESSONS, values)}
    return {
        row.id: NextLesson(
            row.number, row.title, row.slug, opening_text(row.opens_at) if _waits(row, now) else ""
        )
        for row in rows.values()
    }


def _waits(row, now):
    return row.opens_at is not None and row.opens_at > now


def greeting(name: str, now: datetime) -> str:
    """Good morning, afternoon or evening, by the clock of the person's time zone."""
    hour = timezone.localtime(now).hour
    if 5 <= hour < 12:
        text = _("Good morning, %(name)s.")
    elif 12 <= hour < 18:
        text = _("Good afternoon, %(name)s.")
    else:
        text = _("Good evening, %(name)s.")
    return text % {"name": name}


# The learning paths that somebody follows: those under way first, the latest joined first.
FOLLOWED_PATHS = """
SELECT place.id, place.percent, place.completed_at, path.title, path.slug
FROM enrollments_pathenrollment place JOIN content_learningpath path ON path.id = place.path_id
WHERE place.student_id = %s AND place.left_at IS NULL AND path.deleted_at IS NULL AND path.status <> 'draft'
ORDER BY place.completed_at IS NOT NULL, place.joined_at DESC, place.id DESC LIMIT %s
"""


def followed_paths(user, limit: int) -> list:
    """The learning paths of a student for the dashboard. One query."""
    return fetch_rows(FOLLOWED_PATHS, [user.pk, limit])
