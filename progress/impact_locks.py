"""Which lessons a change of a course locks or opens, and for how many students.

Students who have done the same lessons, and enrolled in the same quarter of an hour where that counts, find the
same doors open, so each such group is asked about once, by the code that decides for a student's page.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.models import Module
from content.outline import Outline, uncached_outline
from courses.impact import Effect
from courses.models import Course
from enrollments.models import Enrollment
from lib.rows import fetch_rows
from progress.unlocking import Pace, barriers_of

# Lessons by their place among all of the course by id, which no change moves; new ones come last. Days are counted
# from midnight wherever the reader is, and no time zone begins its day within a quarter of an hour.
GROUPS = """
WITH place AS (
    SELECT id, row_number() OVER (ORDER BY id) AS n FROM content_lesson WHERE course_id = %(course)s
), done AS (
    SELECT p.enrollment_id, array_agg(place.n ORDER BY place.n) AS lessons
    FROM progress_lessonprogress p JOIN place ON place.id = p.lesson_id
    WHERE p.completed_at IS NOT NULL GROUP BY p.enrollment_id
)
SELECT COALESCE(d.lessons, '{}') AS lessons, date_bin('15 minutes', e.enrolled_at, 'epoch') AS enrolled_at,
    count(*) AS students
FROM enrollments_enrollment e LEFT JOIN done d ON d.enrollment_id = e.id
WHERE e.course_id = %(course)s AND e.status = ANY(%(states)s)
GROUP BY 1, 2
"""
LESSONS = "SELECT id FROM content_lesson WHERE course_id = %s ORDER BY id"
_LEARNING = [str(status) for status in Enrollment.LEARNING]

Group = tuple[tuple[int, ...], datetime | None]


class Doors(NamedTuple):
    """The lessons that students see, and for each group of them how many they are and what is closed to them.

    No group where nothing is ever closed.
    """

    lessons: frozenset[UUID]
    closed: Mapping[Group, tuple[int, frozenset[UUID]]]


class Moved(NamedTuple):
    """Lessons that a change moved to the other side of their doors, and how many students find it so."""

    lessons: frozenset[UUID]
    students: int


def measure_doors(course: Course, now: datetime) -> Doors:
    """Four statements, two where nothing is locked."""
    course = Course.objects.only("is_sequential").get(pk=course.pk)
    outline = uncached_outline(course.pk)
    shown = frozenset(lesson.id for lesson in outline.lessons)
    if not _has_locks(outline, is_sequential=course.is_sequential):
        return Doors(shown, {})
    return Doors(shown, dict(_closed(course, outline, now)))


def _closed(course, outline, now) -> Iterator[tuple[Group, tuple[int, frozenset[UUID]]]]:
    ids = [row.id for row in fetch_rows(LESSONS, [course.pk])]
    known: dict[tuple, frozenset[UUID]] = {}
    counts_days = any(part.opens_after_days is not None for part in _parts(outline))
    for row in fetch_rows(GROUPS, {"course": course.pk, "states": _LEARNING}):
        done = tuple(row.lessons)
        key = (done, row.enrolled_at if counts_days else None)
        if key not in known:
            completed = {ids[place - 1] for place in done}
            pace = Pace(course.is_sequential, row.enrolled_at, now)
            known[key] = frozenset(barriers_of(outline, completed=completed, pace=pace))
        yield (done, row.enrolled_at), (row.students, known[key])


def tell_doors(before: Doors, after: Doors) -> list[Effect]:
    """Lessons that close to students who could enter, and those that open; for those shown before and after."""
    closes, opens = _moved(before, after), _moved(after, before)
    effects = []
    if closes.lessons:
        text = _("Locked for %(students)s: %(lessons)s.") % _numbers(closes)
        effects.append(Effect(text, is_grave=True))
    if opens.lessons:
        effects.append(Effect(_("Open for %(students)s: %(lessons)s.") % _numbers(opens)))
    return effects


def _moved(before, after):
    """What is closed in `after` and was not in `before`."""
    stays = before.lessons & after.lessons
    lessons, students = set(), 0
    for group, (count, closed) in after.closed.items():
        _count, was_closed = before.closed.get(group, (count, frozenset()))
        fresh = (closed - was_closed) & stays
        if fresh:
            lessons |= fresh
            students += count
    return Moved(frozenset(lessons), students)


def _numbers(moved):
    lessons = ngettext("%(num)d lesson", "%(num)d lessons", len(moved.lessons))
    students = ngettext("%(num)d student", "%(num)d students", moved.students)
    return {
        "lessons": lessons % {"num": len(moved.lessons)},
        "students": students % {"num": moved.students},
    }


def _has_locks(outline: Outline, *, is_sequential: bool) -> bool:
    if is_sequential:
        return True
    if any(module.lesson_order == Module.Order.SEQUENTIAL for module in outline.modules):
        return True
    return any(part.opens_at or part.opens_after_days is not None for part in _parts(outline))


def _parts(outline):
    return (*outline.modules, *outline.lessons)
