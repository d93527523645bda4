"""What a change of a course does to what its students have reached."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.impact import Effect
from courses.models import Course
from enrollments.models import Enrollment
from lib import jinja
from lib.rows import fetch_rows
from progress.arithmetic import percent_of

# Three plain statements rather than one join: the planner cannot know how much anybody has done, and a wrong guess
# costs minutes.
PEOPLE = """
SELECT id, status, percent FROM enrollments_enrollment WHERE course_id = %(course)s AND status = ANY(%(states)s)
"""
DONE = """
SELECT enrollment_id, count(*) AS lessons FROM progress_lessonprogress
WHERE lesson_id = ANY(%s) AND completed_at IS NOT NULL GROUP BY enrollment_id
"""
SHOWN_LESSONS = """
SELECT l.id FROM content_lesson l JOIN content_module m ON m.id = l.module_id
WHERE l.course_id = %s AND l.deleted_at IS NULL AND NOT l.is_draft AND m.deleted_at IS NULL AND NOT m.is_draft
"""
_ON_IT = [str(status) for status in Enrollment.SEAT_HOLDING]


class Reached(NamedTuple):
    """How far one student is, and whether all lessons are done."""

    percent: Decimal
    has_all: bool


def measure_reached(course: Course, now: datetime) -> dict[UUID, Reached]:
    """For each enrollment with a seat what `progress.derivation` would derive. Three statements."""
    shown = _shown_lessons(course)
    done = {row.enrollment_id: row.lessons for row in fetch_rows(DONE, [shown])}
    people = fetch_rows(PEOPLE, {"course": course.pk, "states": _ON_IT})
    percents = {count: percent_of(count, len(shown)) for count in {0, *done.values()}}
    reached = {}
    for enrollment_id, status, percent in people:
        count = done.get(enrollment_id, 0)
        has_all = count == len(shown) > 0
        reached[enrollment_id] = _reached(status, percent, percents[count], has_all)
    return reached


def _reached(status, stored, counted, has_all):
    if status == Enrollment.Status.COMPLETED:  # stays so, whatever lessons are added
        return Reached(max(stored, counted), True)
    return Reached(counted, has_all)


def tell_reached(before: Mapping[UUID, Reached], after: Mapping[UUID, Reached]) -> list[Effect]:
    """How many percentages fall and rise, and by how much at most; who has everything done by the change."""
    steps = [reached.percent - before[key].percent for key, reached in after.items()]
    rise, fall = max([0, *steps]), -min([0, *steps])
    effects = []
    if fall:
        count = sum(step < 0 for step in steps)
        text = ngettext(
            "The progress of %(num)d student falls, by %(points)s points.",
            "The progress of %(num)d students falls, by up to %(points)s points.",
            count,
        )
        effects.append(Effect(text % {"num": count, "points": _points(fall)}, is_grave=True))
    if rise:
        count = sum(step > 0 for step in steps)
        text = ngettext(
            "The progress of %(num)d student rises, by %(points)s points.",
            "The progress of %(num)d students rises, by up to %(points)s points.",
            count,
        )
        effects.append(Effect(text % {"num": count, "points": _points(rise)}))
    return effects + _tell_completions(before, after)


def _tell_completions(before, after):
    newly = sum(reached.has_all and not before[key].has_all for key, reached in after.items())
    lost = sum(not reached.has_all and before[key].has_all for key, reached in after.items())
    effects = []
    if newly:
        text = ngettext(
            "%(num)d student has done all lessons by that, and completes the course.",
            "%(num)d students have done all lessons by that, and complete the course.",
            newly,
        )
        effects.append(Effect(text % {"num": newly}))
    if lost:
        text = ngettext(
            "%(num)d student who has done all lessons has one open again.",
            "%(num)d students who have done all lessons have one open again.",
            lost,
        )
        effects.append(Effect(text % {"num": lost}, is_grave=True))
    return effects


class Shown(NamedTuple):
    """The lessons that students see, and how many students there are."""

    lessons: frozenset[UUID]
    students: int


def measure_shown(course: Course, now: datetime) -> Shown:
    """Two statements."""
    students = Enrollment.objects.holding_seats().filter(course=course).count()
    return Shown(frozenset(_shown_lessons(course)), students)


def tell_shown(before: Shown, after: Shown) -> list[Effect]:
    """Lessons that students no longer see, where there are students."""
    gone = len(before.lessons - after.lessons)
    if not gone or not after.students:
        return []
    lessons = ngettext("%(num)d lesson", "%(num)d lessons", gone) % {"num": gone}
    students = ngettext("%(num)d student", "%(num)d students", after.students)
    text = _("%(lessons)s can no longer be seen by %(students)s.")
    values = {"lessons": lessons, "students": students % {"num": after.students}}
    return [Effect(text % values, is_grave=True)]


def _shown_lessons(course):
    """Ids of the lessons that students see, as the running transaction has them."""
    return [row.id for row in fetch_rows(SHOWN_LESSONS, [course.pk])]


def _points(value):
    return jinja.number(value.quantize(Decimal("0.1")))
