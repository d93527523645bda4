"""All dates of one course, for those who look after it: on a day, or some days after enrolling."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from content.models import Lesson, Module
from courses.models import Course

OPENS_LATER = Q(opens_at__isnull=False) | Q(opens_after_days__isnull=False)


@dataclass(frozen=True, slots=True)
class CourseDate:
    """Something that happens on a course: at a time for everybody, or so many days after each one's enrollment.

    `where` names the place of a lesson; `url` leads to the form that sets the date.
    """

    icon: str
    text: str
    where: str
    url: str
    at: datetime | None = None
    after_days: int | None = None
    is_draft: bool = False


def dates_of_course(course: Course) -> tuple[list[CourseDate], list[CourseDate]]:
    """Those on a day, the earliest first, and those after some days, the fewest first. Two queries."""
    found = [*_of_course(course), *_of_modules(course), *_of_lessons(course)]
    fixed = [date for date in found if date.at is not None]
    relative = [date for date in found if date.after_days is not None]
    return sorted(fixed, key=lambda date: date.at), sorted(
        relative, key=lambda date: date.after_days
    )


def _of_course(course):
    url = reverse("courses:studio_settings", args=[course.slug])
    if course.enrollment_closes_at is not None:
        yield CourseDate("lock", _("Enrollment closes"), "", url, course.enrollment_closes_at)
    if course.access_ends_at is not None or course.access_days is not None:
        yield CourseDate(
            "hourglass", _("Access ends"), "", url, course.access_ends_at, course.access_days
        )


def _of_modules(course):
    for module in Module.objects.live().filter(OPENS_LATER, course=course):
        yield CourseDate(
            "outline",
            _("The module “%(name)s” opens") % {"name": module.title},
            "",
            reverse("content:studio_module_rules", args=[course.slug, module.pk]),
            module.opens_at,
            module.opens_after_days,
            module.is_draft,
        )


def _of_lessons(course):
    lessons = Lesson.objects.live().filter(OPENS_LATER, course=course)
    for lesson in lessons.filter(module__deleted_at__isnull=True).select_related("module"):
        yield CourseDate(
            "book",
            _("“%(name)s” opens") % {"name": lesson.title},
            lesson.module.title,
            reverse("content:studio_lesson_rules", args=[course.slug, lesson.pk]),
            lesson.opens_at,
            lesson.opens_after_days,
            lesson.is_draft or lesson.module.is_draft,
        )
