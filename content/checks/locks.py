"""Doors that open in the wrong order, or on a day that is over."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from content.checks.reading import ReadCourse
from content.models import Lesson, Module
from courses.preflight import Finding, Level
from lib import jinja

LONG = 8 * 60 * 60  # seconds that nobody spends on one page


def check_locks(content: ReadCourse) -> Iterator[Finding]:
    """Lessons that open later than they say, because of what stands before them, or that nobody completes."""
    for module in content.modules:
        is_sequential = _is_sequential(module.row, content.course)
        latest = module.row.opens_at
        before = None
        for lesson in module.lessons:
            opens_at = lesson.row.opens_at
            if opens_at is not None and latest is not None and opens_at < latest:
                yield _opens_later(content, lesson, before, module, latest)
            if is_sequential and opens_at is not None and (latest is None or opens_at > latest):
                latest, before = opens_at, lesson
            if _takes_too_long(lesson.row):
                text = _("“%(title)s” is complete only after %(time)s on its page.")
                text %= {
                    "title": lesson.title,
                    "time": jinja.duration(lesson.row.completion_seconds),
                }
                yield content.about_lesson(Level.WARNING, "hard_to_complete", text, lesson)


def check_dates(content: ReadCourse) -> Iterator[Finding]:
    """Dates that were over before students could see the lesson, as in a course of last year."""
    now = timezone.now()
    is_hidden = not content.course.is_published
    for module in content.modules:
        opens_at = module.row.opens_at
        if opens_at is not None and opens_at < now and (is_hidden or module.row.is_draft):
            text = _("The module “%(title)s” was to open on %(date)s, which is over.")
            text %= {"title": module.title, "date": jinja.date(opens_at)}
            yield content.about_module(Level.WARNING, "date_over", text, module)
        for lesson in module.lessons:
            opens_at = lesson.row.opens_at
            if opens_at is not None and opens_at < now and (is_hidden or lesson.is_waiting):
                text = _("The lesson “%(title)s” was to open on %(date)s, which is over.")
                text %= {"title": lesson.title, "date": jinja.date(opens_at)}
                yield content.about_lesson(Level.WARNING, "date_over", text, lesson)


def _opens_later(content, lesson, before, module, latest):
    values = {"title": lesson.title, "date": jinja.datetime(latest)}
    if before is not None:
        values["before"] = before.title
        text = _("“%(title)s” opens only on %(date)s: “%(before)s” must be finished first.")
    else:
        values["before"] = module.title
        text = _("“%(title)s” opens only on %(date)s, with its module “%(before)s”.")
    return content.about_lesson(Level.WARNING, "opens_later", text % values, lesson)


def _is_sequential(module, course):
    if module.lesson_order == Module.Order.AS_COURSE:
        return course.is_sequential
    return module.lesson_order == Module.Order.SEQUENTIAL


def _takes_too_long(lesson):
    return lesson.completion == Lesson.Completion.TIME and lesson.completion_seconds > LONG
