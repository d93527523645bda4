"""Months of learning, made at once: who joined which course, and how far they came."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from content.models import Lesson
from courses.models import Course
from enrollments.models import Enrollment, EnrollmentChange
from progress.arithmetic import percent_of
from progress.models import LessonProgress, ModuleProgress
from users.models import User

HISTORY_DAYS = 90
#: What learning changes of an enrollment.
LEARNED = (
    *("percent", "completed_lesson_count", "total_time_seconds"),
    *("last_accessed_at", "last_activity_at", "last_lesson"),
)
#: How much of the time since they joined people went on learning: some left off early, most were here this week.
LIVELINESS = (0.3, 0.7, 0.95, 0.97, 0.99)


class Learners:
    """Collects enrollments with their histories and stores them all at once, numbers that add up included."""

    def __init__(self, chance: random.Random, now: datetime):
        self.chance = chance
        self.now = now
        self.enrollments: list[Enrollment] = []
        self.going_on: list[Enrollment] = []
        self.changes: list[EnrollmentChange] = []
        self.lesson_rows: list[LessonProgress] = []
        self.module_rows: list[ModuleProgress] = []
        self._outlines: dict[UUID, list[Lesson]] = {}
        self._left: dict[UUID, int] = {}

    def enroll_named(self, student: User, courses: list[Course]) -> None:
        """One course nearly half done, one finished, one just begun: what a dashboard has to show."""
        for course, share in zip(courses[:3], (0.4, 1.0, 0.0), strict=False):
            if student.username != "ada":
                share = self.chance.choice((0.2, 0.7))
            self.enroll(student, course, share, stays=True)

    def enroll_crowd(self, crowd: list[User], courses: list[Course]) -> None:
        for student in crowd:
            for course in self.chance.sample(
                courses, k=min(len(courses), self.chance.randint(1, 3))
            ):
                self.enroll(student, course, self.chance.choice((0, 0, 0.1, 0.3, 0.5, 0.8, 1)))

    def enroll(self, student: User, course: Course, share: float, *, stays: bool = False) -> None:
        """Put somebody on a course with a share of it done, unless it is full; who has done nothing may leave."""
        left = self._left.setdefault(course.pk, (course.max_capacity or 10_000) - 1)
        if left <= 0:
            return
        self._left[course.pk] -= 1
        lessons = self.lessons_of(course)
        done = round(share * len(lessons))
        joined = self.now - timedelta(days=self.chance.uniform(8, HISTORY_DAYS))
        status = Enrollment.Status.COMPLETED if done == len(lessons) else Enrollment.Status.ACTIVE
        if not (done or stays) and self.chance.random() < 0.1:
            status = Enrollment.Status.WITHDRAWN
        enrollment = Enrollment(course=course, student=student, status=status, enrolled_at=joined)
        self._learn(enrollment, lessons, done, 0.97 if stays else self.chance.choice(LIVELINESS))
        self.enrollments.append(enrollment)
        self._remember(enrollment)

    def go_on(self, enrollment: Enrollment, share: float) -> None:
        """Let somebody who is on a course already do a share of it, less than all."""
        lessons = self.lessons_of(enrollment.course)
        self._learn(enrollment, lessons, int(share * len(lessons)), self.chance.choice(LIVELINESS))
        self.going_on.append(enrollment)

    def lessons_of(self, course: Course) -> list[Lesson]:
        if course.pk not in self._outlines:
            lessons = Lesson.objects.live().filter(course=course, module__deleted_at__isnull=True)
            self._outlines[course.pk] = list(lessons.order_by("module__position", "position"))
        return self._outlines[course.pk]

    def _learn(self, enrollment: Enrollment, lessons: list[Lesson], done: int, liveliness: float):
        enrollment.percent = percent_of(done, len(lessons))
        enrollment.completed_lesson_count = done
        at = enrollment.enrolled_at
        step = (self.now - at) * liveliness / max(done, 1)
        for number, lesson in enumerate(lessons[:done]):
            at = enrollment.enrolled_at + step * (number + self.chance.uniform(0.6, 1))
            seconds = self.chance.randint(300, 1500)
            enrollment.total_time_seconds += seconds
            self.lesson_rows.append(
                LessonProgress(
                    enrollment=enrollment,
                    student=enrollment.student,
                    lesson=lesson,
                    started_at=at - timedelta(seconds=seconds),
                    completed_at=at,
                    completion_method=method_of(lesson),
                    time_spent_seconds=seconds,
                    view_count=self.chance.randint(1, 4),
                    last_viewed_at=at,
                )
            )
        enrollment.last_accessed_at = enrollment.last_activity_at = at
        if done:
            enrollment.last_lesson = lessons[min(done, len(lessons) - 1)]
            self._count_modules(enrollment, lessons, done, at)
        if enrollment.status == Enrollment.Status.COMPLETED:
            enrollment.completed_at = at

    def _count_modules(self, enrollment, lessons, done, at):
        totals: dict[UUID, list[int]] = {}
        for number, lesson in enumerate(lessons):
            counts = totals.setdefault(lesson.module_id, [0, 0])
            counts[0] += number < done
            counts[1] += 1
        for module_id, (finished, total) in totals.items():
            self.module_rows.append(
                ModuleProgress(
                    enrollment=enrollment,
                    student=enrollment.student,
                    module_id=module_id,
                    completed_lesson_count=finished,
                    lesson_count=total,
                    percent=percent_of(finished, total),
                    completed_at=at if finished == total else None,
                )
            )

    def _remember(self, enrollment):
        steps = [("", Enrollment.Status.ACTIVE, enrollment.enrolled_at)]
        if enrollment.status != Enrollment.Status.ACTIVE:
            later = enrollment.completed_at or enrollment.enrolled_at + timedelta(days=3)
            steps.append((Enrollment.Status.ACTIVE, enrollment.status, later))
        for before, after, at in steps:
            self.changes.append(
                EnrollmentChange(
                    enrollment=enrollment,
                    student=enrollment.student,
                    from_status=before,
                    to_status=after,
                    by=enrollment.student,
                    at=at,
                )
            )

    def store(self) -> None:
        Enrollment.objects.bulk_create(self.enrollments)
        EnrollmentChange.objects.bulk_create(self.changes)
        LessonProgress.objects.bulk_create(self.lesson_rows, batch_size=2000)
        ModuleProgress.objects.bulk_create(self.module_rows, batch_size=2000)
        Enrollment.objects.bulk_update(self.going_on, LEARNED)


def method_of(lesson: Lesson) -> str:
    return {"manual": "manual", "viewed": "auto", "time": "time_based"}[lesson.completion]
