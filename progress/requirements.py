"""What a course asks for before it is complete: a registry that higher floors fill in `ready()`."""

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.outline import outline_of
from enrollments.models import Enrollment
from lib.decisions import Reason

Check = Callable[[Enrollment], list[Reason | str]]

_checks: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Ask `check(enrollment)` what is still missing, in the student's words. ValueError if the name is taken."""
    if _checks.get(name, check) is not check:
        raise ValueError(f"There is another requirement {name!r}.")
    _checks[name] = check


def unregister(name: str) -> None:
    """Forget a requirement; for tests."""
    _checks.pop(name, None)


def missing(enrollment: Enrollment) -> list[Reason]:
    """Everything that still stands between an enrollment and its completion; empty when nothing does."""
    found = []
    for name, check in _checks.items():
        found += [
            reason if isinstance(reason, Reason) else Reason(name, reason)
            for reason in check(enrollment)
        ]
    return found


def all_lessons_are_done(enrollment: Enrollment) -> list[Reason]:
    """Every live lesson of the course; a course without any cannot be completed yet."""
    lesson_count = len(outline_of(enrollment.course).lessons)
    if not lesson_count:
        return [Reason("no_lessons", _("The course has no lessons yet."))]
    open_count = lesson_count - enrollment.completed_lesson_count
    if open_count <= 0:
        return []
    text = ngettext("%(num)d lesson is open.", "%(num)d lessons are open.", open_count)
    url = reverse("progress:course_progress", args=[enrollment.course.slug])
    return [Reason("lessons", text % {"num": open_count}, url, _("See which"))]
