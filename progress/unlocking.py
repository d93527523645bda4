"""Which lessons are open: in a sequential course each opens when those before it are done."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from content.outline import ACTIVE, DONE, OPEN, Outline, OutlineLesson, State, locked


def states_of(
    outline: Outline, *, completed: Collection[UUID], begun: Collection[UUID], is_sequential: bool
) -> Mapping[UUID, State]:
    """The state of each lesson for one student; a locked one says which lesson to finish first."""
    states = {}
    barrier = None
    for lesson in outline.lessons:
        if lesson.id in completed:
            states[lesson.id] = DONE
            continue
        if barrier is not None:
            states[lesson.id] = barrier
            continue
        states[lesson.id] = ACTIVE if lesson.id in begun else OPEN
        if is_sequential:
            barrier = locked(finish_first(lesson))
    return states


def blocking_lesson(
    outline: Outline, lesson_id: UUID, *, completed: Collection[UUID], is_sequential: bool
) -> OutlineLesson | None:
    """The lesson to finish before this one opens; None when it is open. What is done stays open."""
    if not is_sequential or lesson_id in completed:
        return None
    first_open = next_lesson(outline, completed=completed)
    return None if first_open is None or first_open.id == lesson_id else first_open


def next_lesson(outline: Outline, *, completed: Collection[UUID]) -> OutlineLesson | None:
    """The first lesson that is not done; None when all are."""
    return next((lesson for lesson in outline.lessons if lesson.id not in completed), None)


def finish_first(lesson: OutlineLesson) -> str:
    """The sentence on a locked door."""
    return _("Finish %(number)s first") % {"number": lesson.number}
