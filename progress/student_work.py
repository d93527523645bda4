"""What one student did in a course, module by module, for those who look after it."""

from dataclasses import dataclass
from datetime import datetime

from content.outline import OutlineLesson, OutlineModule, outline_at
from enrollments.models import Enrollment
from progress.models import LessonProgress


@dataclass(frozen=True, slots=True)
class LessonWork:
    """One lesson; what was never opened has no time of a last view."""

    lesson: OutlineLesson
    is_done: bool
    seconds: int
    last_viewed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ModuleWork:
    """One module with all its lessons."""

    module: OutlineModule
    lessons: list[LessonWork]

    @property
    def done(self) -> int:
        return sum(work.is_done for work in self.lessons)

    @property
    def percent(self) -> int:
        return self.done * 100 // len(self.lessons) if self.lessons else 0


def student_work(enrollment: Enrollment, outline_version: int) -> list[ModuleWork]:
    """The modules of a course as they are now, with a student's work. One query beside the kept outline."""
    rows = LessonProgress.objects.filter(enrollment=enrollment)
    found = {row.lesson_id: row for row in rows}
    outline = outline_at(enrollment.course_id, outline_version)
    return [
        ModuleWork(module, [_work_on(lesson, found.get(lesson.id)) for lesson in module.lessons])
        for module in outline.modules
    ]


def _work_on(lesson, row):
    if row is None:
        return LessonWork(lesson, False, 0, None)
    is_done = row.completed_at is not None
    return LessonWork(lesson, is_done, row.time_spent_seconds, row.last_viewed_at)
