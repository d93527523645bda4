"""What a student's own pages show of all their courses."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import DateTimeField, UUIDField
from django.utils import timezone
from django.utils.translation import gettext as _

from enrollments.models import Enrollment
from lib.pagination import Column, Page, paginate_rows
from lib.rows import fetch_rows

Status = Enrollment.Status

#: States in which a course stands among a student's own.
SHOWN = (Status.ACTIVE, Status.PAUSED, Status.SUSPENDED, Status.PENDING, Status.COMPLETED)

#: When a student was last on a course.
SEEN_AT = "COALESCE(e.last_accessed_at, e.enrolled_at, e.created_at)"

# A student's places in some states.
OWN_COURSES = f"""
SELECT e.id, e.status, e.percent, e.completed_lesson_count, e.completed_at, e.last_lesson_id,
    {SEEN_AT} AS seen_at,
    c.slug AS course__slug, c.title AS course__title, c.thumbnail AS course__thumbnail
FROM enrollments_enrollment e JOIN courses_course c ON c.id = e.course_id
WHERE e.student_id = %(student)s AND e.status = ANY(%(states)s) AND c.deleted_at IS NULL
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

# The first lesson of each enrollment that is not done, with its number as the outline shows it. Module by
# module, and lesson by lesson: the search ends at the first hit, however long the course is and however far
# the student has come.
NEXT_LESSONS = """
SELECT e.id, n.*
FROM enrollments_enrollment e CROSS JOIN LATERAL (
    SELECT l.slug, l.title, m.position AS module_position, m.course_id,
        (SELECT count(*) FROM content_module b
            WHERE b.course_id = m.course_id AND b.deleted_at IS NULL AND NOT b.is_draft AND b.position <= m.position)
        || '.' ||
        (SELECT count(*) FROM content_lesson b
            WHERE b.module_id = m.id AND b.deleted_at IS NULL AND NOT b.is_draft AND b.position <= l.position) AS number
    FROM content_module m CROSS JOIN LATERAL (
        SELECT slug, title, position FROM content_lesson
        WHERE module_id = m.id AND deleted_at IS NULL AND NOT is_draft AND (
            SELECT p.completed_at FROM progress_lessonprogress p
            WHERE p.enrollment_id = e.id AND p.lesson_id = content_lesson.id
        ) IS NULL
        ORDER BY position LIMIT 1
    ) l
    WHERE m.course_id = e.course_id AND m.deleted_at IS NULL AND NOT m.is_draft
    ORDER BY m.position LIMIT 1
) n
WHERE e.id = ANY(%s)
"""


class NextLesson(NamedTuple):
    """The lesson that comes next in a course: "2.3 Branches"."""

    number: str
    title: str
    slug: str


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


def next_lessons(enrollment_ids: Iterable[UUID]) -> dict[UUID, NextLesson]:
    """For each enrollment the first lesson that is not done; those with none are left out. One query."""
    wanted = list(enrollment_ids)
    if not wanted:
        return {}
    return {
        row.id: NextLesson(row.number, row.title, row.slug)
        for row in fetch_rows(NEXT_LESSONS, [wanted])
    }


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
