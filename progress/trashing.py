"""Whose work depends on a module or lesson that is put in the trash."""

from collections.abc import Iterator

from django.utils.translation import ngettext

from activity.trash_registry import Dependent, register_dependents
from progress.models import LessonProgress


def worked_on_lesson(lesson) -> Iterator[Dependent]:
    yield from _students(LessonProgress.objects.filter(lesson=lesson))


def worked_in_module(module) -> Iterator[Dependent]:
    yield from _students(LessonProgress.objects.filter(lesson__module=module))


def _students(rows):
    count = rows.values("student").distinct().count()
    if count:
        text = ngettext(
            "%(num)d student with work on it, which is kept",
            "%(num)d students with work on it, which is kept",
            count,
        )
        yield Dependent(text % {"num": count})


register_dependents("lesson", worked_on_lesson)
register_dependents("module", worked_in_module)
