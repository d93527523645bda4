"""Which lessons are open: by the order of the course and of each module, and by their dates.

What is done stays open, whatever comes before it or is set later.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from content.models import Module
from content.outline import ACTIVE, DONE, OPEN, Outline, OutlineLesson, State, locked
from content.rules import closed_until, opening_text


@dataclass(frozen=True, slots=True)
class Pace:
    """What decides besides their work how fast a student may go: the course's order, their first day, and now.

    `begins_at` is when their section begins, if it is to begin at a time.
    """

    is_sequential: bool
    enrolled_at: datetime | None
    now: datetime
    begins_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether the section has still to begin."""
        return self.begins_at is not None and self.now < self.begins_at

    @property
    def first_day(self) -> datetime | None:
        """From when on days are counted: who joined before their section began waited for it."""
        moments = [moment for moment in (self.enrolled_at, self.begins_at) if moment is not None]
        return max(moments, default=None)

    def is_in_order(self, module) -> bool:
        """Whether the lessons of a module open one after the other."""
        if module.lesson_order == Module.Order.AS_COURSE:
            return self.is_sequential
        return module.lesson_order == Module.Order.SEQUENTIAL


class Barrier(NamedTuple):
    """What a closed lesson waits for: a lesson to finish first, a time, or both."""

    finish_first: OutlineLesson | None
    opens_at: datetime | None

    @property
    def text(self) -> str:
        """The sentence on the locked door; what the student can do nothing about comes first."""
        if self.opens_at is not None:
            return opening_text(self.opens_at)
        return _("Finish %(number)s first") % {"number": self.finish_first.number}


def barriers_of(
    outline: Outline, *, completed: Collection[UUID], pace: Pace
) -> Mapping[UUID, Barrier]:
    """What each closed lesson waits for, by its id; open lessons are left out.

    In a sequential course a module waits for all lessons before it; a module in free order then opens as a whole.
    """
    if pace.waits:
        return _until(pace.begins_at, outline, completed)
    return _barriers_in(outline, completed, pace)


def _barriers_in(outline, completed, pace):
    barriers = {}
    shared = Barrier(None, None)
    is_sequential, enrolled_at, now = pace.is_sequential, pace.first_day, pace.now
    unfinished = None  # of the modules before, where the course is in order
    for module in outline.modules:
        is_timed, is_in_order, before = module.is_timed, pace.is_in_order(module), unfinished
        if not (is_timed or is_in_order or is_sequential):
            continue  # most courses are free, and have hundreds of lessons
        for lesson in module.lessons:
            lesson_id = lesson.id
            if lesson_id in completed:
                continue
            until = None
            if is_timed:
                until = closed_until(module, lesson, enrolled_at=enrolled_at, now=now)
            if before is not None or until is not None:
                if shared[0] is not before or shared[1] != until:
                    shared = Barrier(before, until)
                barriers[lesson_id] = shared
            if before is None and is_in_order:
                before = lesson
            if unfinished is None and is_sequential:
                unfinished = lesson
    return barriers


def _until(begins_at, outline, completed):
    """All lessons but those that are done wait for the beginning."""
    shared = Barrier(None, begins_at)
    return {lesson.id: shared for lesson in outline.lessons if lesson.id not in completed}


def states_of(
    outline: Outline,
    *,
    completed: Collection[UUID],
    begun: Collection[UUID],
    barriers: Mapping[UUID, Barrier],
) -> Mapping[UUID, State]:
    """The state of each lesson for one student; a locked one says what opens it."""
    doors: dict[int, State] = {}  # neighbors share a barrier, so each is put into words once
    states = {}
    for lesson in outline.lessons:
        lesson_id = lesson.id
        if lesson_id in completed:
            states[lesson_id] = DONE
        elif barriers and (barrier := barriers.get(lesson_id)) is not None:
            if id(barrier) not in doors:
                doors[id(barrier)] = locked(barrier.text)
            states[lesson_id] = doors[id(barrier)]
        else:
            states[lesson_id] = ACTIVE if lesson_id in begun else OPEN
    return states


def next_lesson(outline: Outline, *, completed: Collection[UUID]) -> OutlineLesson | None:
    """The first lesson that is not done; None when all are."""
    return next((lesson for lesson in outline.lessons if lesson.id not in completed), None)


def next_open_lesson(
    outline: Outline, *, completed: Collection[UUID], barriers: Mapping[UUID, Barrier]
) -> OutlineLesson | None:
    """The first lesson that is open and not done; None where there is none at the moment."""
    return next(
        (
            lesson
            for lesson in outline.lessons
            if lesson.id not in completed and lesson.id not in barriers
        ),
        None,
    )
