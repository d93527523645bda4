"""Every change to what a student has done: visits, completed lessons, and what follows from them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from content.completion import completes, rule_of
from content.models import Lesson
from content.outline import Outline, OutlineLesson, outline_of
from enrollments import services as enrollment_services
from enrollments.models import Enrollment
from lib.rows import fetch_rows
from progress import requirements
from progress.derivation import DERIVED_FIELDS, derive
from progress.models import LessonProgress
from progress.signals import course_completed, lesson_completed, module_completed
from progress.unlocking import Barrier, Pace, barriers_of

Method = LessonProgress.Method
#: How progress remembers that a visit met a lesson's rule.
METHODS = {
    Lesson.Completion.VIEWED: Method.AUTO,
    Lesson.Completion.TIME: Method.TIME_BASED,
}

# Those with some progress, or numbers, from an older version of their course's outline.
DUE = """
SELECT e.id FROM enrollments_enrollment e JOIN courses_course c ON c.id = e.course_id
WHERE e.outline_version <> c.outline_version AND (
    e.outline_version > 0 OR EXISTS (SELECT FROM progress_lessonprogress p WHERE p.enrollment_id = e.id)
)
ORDER BY e.id LIMIT %s
"""

#: A browser reports every half minute; one report is never worth more than this.
BEAT_LIMIT = timedelta(seconds=60)
#: Without a script the time comes with the button at the lesson's end; longer than this was a break.
SITTING_LIMIT = timedelta(minutes=30)


class WorkRefused(Exception):
    """This work does not count; the message says why, for the student."""


class NotLearning(WorkRefused):
    """The enrollment is not one whose lessons are open."""


class LessonLocked(WorkRefused):
    """The lesson is not open yet: `lesson` is the one to finish first, None where it waits for a time alone."""

    def __init__(self, barrier: Barrier):
        super().__init__(barrier.text)
        self.lesson = barrier.finish_first


class LessonGone(WorkRefused):
    """The lesson is not part of the course, or not any more."""


class NotByHand(WorkRefused):
    """The author chose that this lesson completes by itself, or it cannot be taken back."""


@dataclass(slots=True)
class Work:
    """An enrollment, locked, with one lesson of its course and the student's progress on it."""

    enrollment: Enrollment
    outline: Outline
    lesson: OutlineLesson
    progress: LessonProgress


@transaction.atomic
def record_visit(
    enrollment_id: UUID,
    lesson_id: UUID,
    *,
    opened_at: datetime,
    now: datetime,
    seconds: int | None = None,
) -> LessonProgress:
    """Count a look at a lesson, credit the time, and complete the lesson where that is how it completes.

    `opened_at` is when the server gave out the page, `seconds` what the browser measured since its last
    report; None when no script measured. What is credited never exceeds the time that passed by the
    server's clock since the student's last credited moment, nor the limits above. Locks the enrollment;
    repeating it adds nothing. Raises NotLearning, LessonLocked, LessonGone; announces like `complete_lesson`.
    """
    work = _begin(enrollment_id, lesson_id, now)
    _credit(work, opened_at, seconds, now)
    method = _method_by_itself(work)
    if method:
        _complete(work, method, now)
    else:
        _save(work)
    return work.progress


@transaction.atomic
def complete_lesson(
    enrollment_id: UUID, lesson_id: UUID, *, now: datetime, opened_at: datetime | None = None
) -> LessonProgress:
    """Mark a lesson complete by the student's own hand.

    Locks the enrollment, so a double click completes once; a repeat changes nothing. Raises NotLearning,
    LessonLocked, LessonGone, and NotByHand for a lesson that completes by itself. Announces
    `lesson_completed`, `module_completed` and `course_completed`.
    """
    work = _begin(enrollment_id, lesson_id, now)
    if not rule_of(work.lesson).by_hand:
        raise NotByHand(_("This lesson completes by itself."))
    if opened_at is not None:
        _credit(work, opened_at, None, now)
    if work.progress.completed_at is None:
        _complete(work, Method.MANUAL, now)
    else:
        _save(work)
    return work.progress


@transaction.atomic
def reopen_lesson(enrollment_id: UUID, lesson_id: UUID, *, now: datetime) -> LessonProgress:
    """Take back a mark that the student set by hand. A repeat changes nothing.

    Raises NotByHand for other lessons and for a course that is complete.
    """
    work = _begin(enrollment_id, lesson_id, now)
    if work.enrollment.status == Enrollment.Status.COMPLETED:
        raise NotByHand(_("The course is complete. Its lessons stay done."))
    if work.progress.completed_at is None:
        return work.progress
    if work.progress.completion_method != Method.MANUAL:
        raise NotByHand(_("This lesson completed by itself."))
    work.progress.completed_at, work.progress.completion_method = None, ""
    _store_progress(work.progress)
    derive(work.enrollment, work.outline)
    _store_enrollment(work, DERIVED_FIELDS)
    return work.progress


@transaction.atomic
def rederive(enrollment_id: UUID, *, now: datetime) -> Enrollment:
    """Derive an enrollment's numbers anew after its course changed; complete it if nothing is missing now.

    Locks the enrollment. Announces `module_completed` and `course_completed`.
    """
    enrollment = _locked(enrollment_id)
    modules = derive(enrollment, outline_of(enrollment.course))
    enrollment.save(update_fields=DERIVED_FIELDS)
    _announce_modules(modules, enrollment)
    _complete_course(enrollment, now)
    return enrollment


def rederive_due(*, now: datetime, limit: int = 1_000) -> int:
    """Derive up to `limit` enrollments whose course changed since; returns how many. Repeatable."""
    wanted = fetch_rows(DUE, [limit])
    for row in wanted:
        rederive(row.id, now=now)
    return len(wanted)


def check_completion(enrollment: Enrollment, *, now: datetime) -> bool:
    """Complete a course whose last requirement was met elsewhere, by a quiz for instance.

    For higher floors, after their fact. Returns whether the course is complete.
    """
    locked_enrollment = _locked(enrollment.pk)
    _complete_course(locked_enrollment, now)
    return locked_enrollment.status == Enrollment.Status.COMPLETED


def _locked(enrollment_id):
    rows = Enrollment.objects.with_beginning().select_for_update(of=("self",), no_key=True)
    return rows.select_related("course").get(pk=enrollment_id)


def _begin(enrollment_id, lesson_id, now) -> Work:
    enrollment = _locked(enrollment_id)
    if not enrollment.is_learning:
        raise NotLearning(_("You are not learning in this course at the moment."))
    if enrollment.has_ended(now):
        raise NotLearning(_("Your access to this course has ended."))
    outline = outline_of(enrollment.course)
    lesson = outline.get(lesson_id)
    if lesson is None:
        raise LessonGone(_("This lesson is not part of the course any more."))
    _require_open(enrollment, outline, lesson, now)
    progress = LessonProgress.objects.filter(enrollment=enrollment, lesson_id=lesson.id).first()
    if progress is None:
        progress = LessonProgress(
            enrollment=enrollment,
            student_id=enrollment.student_id,
            lesson_id=lesson.id,
            started_at=now,
        )
    return Work(enrollment, outline, lesson, progress)


def _require_open(enrollment, outline, lesson, now):
    pace = Pace(enrollment.course.is_sequential, enrollment.enrolled_at, now, enrollment.begins_at)
    if lesson.id not in barriers_of(outline, completed=(), pace=pace):
        return  # open to everybody, whatever they have done
    completed = set(
        LessonProgress.objects.filter(
            enrollment=enrollment, completed_at__isnull=False
        ).values_list("lesson_id", flat=True)
    )
    barrier = barriers_of(outline, completed=completed, pace=pace).get(lesson.id)
    if barrier is not None:
        raise LessonLocked(barrier)


def _credit(work, opened_at, seconds, now):
    """Views and time. Time is counted once, whichever lessons are open side by side."""
    enrollment, progress = work.enrollment, work.progress
    opened_at = min(opened_at, now)
    if progress.last_viewed_at is None or progress.last_viewed_at < opened_at:
        progress.view_count += 1
        progress.started_at = min(progress.started_at, opened_at)
    since = max(opened_at, enrollment.last_activity_at or opened_at)
    passed = max(now - since, timedelta(0))
    if seconds is None:
        credit = min(passed, SITTING_LIMIT)
    else:
        credit = min(passed, BEAT_LIMIT, timedelta(seconds=max(0, seconds)))
    progress.time_spent_seconds += int(credit.total_seconds())
    progress.last_viewed_at = now
    enrollment.total_time_seconds += int(credit.total_seconds())
    enrollment.last_accessed_at = enrollment.last_activity_at = now
    enrollment.last_lesson_id = work.lesson.id


def _method_by_itself(work):
    """How the lesson completes with this visit, "" if it does not."""
    if work.progress.completed_at is not None:
        return ""
    is_met = completes(work.lesson, seconds=work.progress.time_spent_seconds)
    return METHODS[work.lesson.completion] if is_met else ""


def _complete(work, method, now):
    work.progress.completed_at, work.progress.completion_method = now, method
    work.progress.last_viewed_at = work.progress.last_viewed_at or now
    work.enrollment.last_activity_at = work.enrollment.last_accessed_at = now
    work.enrollment.last_lesson_id = work.lesson.id
    _store_progress(work.progress)
    modules = derive(work.enrollment, work.outline)
    _store_enrollment(work, DERIVED_FIELDS)
    lesson_completed.send(
        sender=LessonProgress, completion=work.progress, enrollment=work.enrollment
    )
    _announce_modules(modules, work.enrollment)
    _complete_course(work.enrollment, now)


def _announce_modules(modules, enrollment):
    for module in modules:
        module_completed.send(sender=type(module), completion=module, enrollment=enrollment)


def _complete_course(enrollment, now):
    if enrollment.status != Enrollment.Status.ACTIVE or requirements.missing(enrollment):
        return
    completed = enrollment_services.complete(enrollment.pk, by=None, now=now)
    enrollment.status, enrollment.completed_at = completed.status, completed.completed_at
    course_completed.send(sender=Enrollment, enrollment=enrollment)


def _save(work):
    _store_progress(work.progress)
    _store_enrollment(work)


def _store_progress(progress):
    if progress._state.adding:
        progress.save(force_insert=True)
    else:
        progress.save(
            update_fields=[
                "started_at",
                "completed_at",
                "completion_method",
                "time_spent_seconds",
                "view_count",
                "last_viewed_at",
            ]
        )


def _store_enrollment(work, more=()):
    work.enrollment.save(
        update_fields=[
            "total_time_seconds",
            "last_accessed_at",
            "last_activity_at",
            "last_lesson",
            *more,
        ]
    )
