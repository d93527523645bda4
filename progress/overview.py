"""What a student's own pages show of all their courses."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from enrollments.models import Enrollment
from lib.rows import fetch_rows

Status = Enrollment.Status

#: States in which a course stands among a student's own.
SHOWN = (Status.ACTIVE, Status.PAUSED, Status.SUSPENDED, Status.PENDING, Status.COMPLETED)

COLUMNS = (
    "id",
    "status",
    "percent",
    "completed_lesson_count",
    "completed_at",
    "last_lesson_id",
    "seen_at",
    "course__slug",
    "course__title",
    "course__thumbnail",
)

# The first lesson of each enrollment that is not done, with its number as the outline shows it.
NEXT_LESSONS = """
SELECT e.id, n.*
FROM enrollments_enrollment e CROSS JOIN LATERAL (
    SELECT l.slug, l.title, m.position AS module_position, m.course_id,
        (SELECT count(*) FROM content_module b
            WHERE b.course_id = m.course_id AND b.deleted_at IS NULL AND b.position <= m.position)
        || '.' ||
        (SELECT count(*) FROM content_lesson b
            WHERE b.module_id = m.id AND b.deleted_at IS NULL AND b.position <= l.position) AS number
    FROM content_module m JOIN content_lesson l ON l.module_id = m.id AND l.deleted_at IS NULL
    WHERE m.course_id = e.course_id AND m.deleted_at IS NULL AND NOT EXISTS (
        SELECT FROM progress_lessonprogress p
        WHERE p.enrollment_id = e.id AND p.lesson_id = l.id AND p.completed_at IS NOT NULL
    )
    ORDER BY m.position, l.position LIMIT 1
) n
WHERE e.id = ANY(%s)
"""


class NextLesson(NamedTuple):
    """The lesson that comes next in a course: "2.3 Branches"."""

    number: str
    title: str
    slug: str


def own_courses(user):
    """A student's enrollments as narrow rows with `seen_at`, for lists; latest seen first when sorted by it."""
    return (
        Enrollment.objects.filter(student=user, course__deleted_at__isnull=True)
        .annotate(seen_at=Coalesce("last_accessed_at", "enrolled_at", "created_at"))
        .values(*COLUMNS)
    )


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
