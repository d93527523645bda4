"""What visitors do in previews: kept in their session, then with their account, and theirs once they enroll."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.dateparse import parse_datetime

from content.completion import completes
from content.models import Lesson
from content.outline import Outline, OutlineLesson, outline_of
from enrollments.models import Enrollment
from progress import services
from progress.models import LessonProgress, PreviewWork
from progress.services import BEAT_LIMIT, SITTING_LIMIT
from progress.signals import lesson_completed

SESSION_KEY = "previews"
KEPT_LESSONS = 50  # of one visitor; the oldest make room

METHODS = services.METHODS | {Lesson.Completion.MANUAL: LessonProgress.Method.MANUAL}


@dataclass
class Reading:
    """How far somebody came in one preview. Times are aware."""

    started_at: datetime
    last_viewed_at: datetime
    seconds: int = 0
    completed_at: datetime | None = None

    def add(self, lesson, *, opened_at, now, seconds, by_hand):
        """Credit a visit as `services.record_visit` does, and complete what it completes."""
        passed = now - max(opened_at, self.last_viewed_at)
        limits = [passed, SITTING_LIMIT]
        if seconds is not None:
            limits = [passed, BEAT_LIMIT, timedelta(seconds=seconds)]
        self.seconds += max(0, int(min(limits).total_seconds()))
        self.last_viewed_at = now
        if self.completed_at is None and completes(lesson, seconds=self.seconds, by_hand=by_hand):
            self.completed_at = now


def note_visit(
    user,
    session,
    lesson: OutlineLesson,
    *,
    opened_at: datetime,
    now: datetime,
    seconds: int | None = None,
    by_hand: bool = False,
) -> None:
    """Remember that somebody who is not on the course read one of its previews.

    With the account of who is signed in, else in the session. `seconds` and `opened_at` as in
    `services.record_visit`; `by_hand` is the button at the lesson's end.
    """
    visit = {
        "opened_at": min(opened_at, now),
        "now": now,
        "seconds": seconds,
        "by_hand": by_hand,
    }
    if user.is_authenticated:
        _note_with_account(user, lesson, visit)
    else:
        _note_in_session(session, lesson, visit)


@transaction.atomic
def _note_with_account(user, lesson, visit):
    opened_at = visit["opened_at"]
    work, _created = PreviewWork.objects.select_for_update().get_or_create(
        student=user,
        lesson_id=lesson.id,
        defaults={"started_at": opened_at, "last_viewed_at": opened_at},
    )
    reading = Reading(
        work.started_at, work.last_viewed_at, work.time_spent_seconds, work.completed_at
    )
    reading.add(lesson, **visit)
    work.last_viewed_at, work.time_spent_seconds = reading.last_viewed_at, reading.seconds
    work.completed_at = reading.completed_at
    work.save()


def _note_in_session(session, lesson, visit):
    readings = session.get(SESSION_KEY, {})
    known = readings.pop(str(lesson.id), None)
    reading = _from_session(known) if known else Reading(visit["opened_at"], visit["opened_at"])
    reading.add(lesson, **visit)
    latest = dict(list(readings.items())[1 - KEPT_LESSONS :])
    session[SESSION_KEY] = latest | {str(lesson.id): _to_session(reading)}


def _to_session(reading):
    times = (reading.started_at, reading.last_viewed_at, reading.completed_at)
    return [time and time.isoformat() for time in times] + [reading.seconds]


def _from_session(kept):
    started_at, last_viewed_at, completed_at = (time and parse_datetime(time) for time in kept[:3])
    return Reading(started_at, last_viewed_at, kept[3], completed_at)


def completed_previews(user, session, outline: Outline) -> set[UUID]:
    """The previews of a course that somebody not on it has completed. No query for a visitor."""
    if user.is_authenticated:
        works = PreviewWork.objects.filter(student=user, lesson__course=outline.course_id)
        return set(works.exclude(completed_at=None).values_list("lesson", flat=True))
    readings = session.get(SESSION_KEY, {})
    return {
        UUID(lesson_id)
        for lesson_id, kept in readings.items()
        if _from_session(kept).completed_at is not None
    }


@transaction.atomic
def keep_for(user, session) -> None:
    """Move a visitor's work from the session to the account that they signed in to."""
    readings = session.pop(SESSION_KEY, None)
    if not readings:
        return
    known = set(Lesson.objects.filter(pk__in=list(readings)).values_list("pk", flat=True))
    PreviewWork.objects.bulk_create(
        [
            PreviewWork(
                student=user,
                lesson_id=lesson_id,
                started_at=reading.started_at,
                last_viewed_at=reading.last_viewed_at,
                time_spent_seconds=reading.seconds,
                completed_at=reading.completed_at,
            )
            for lesson_id, reading in (
                (UUID(key), _from_session(kept)) for key, kept in readings.items()
            )
            if lesson_id in known
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def hand_over(enrollment: Enrollment, *, now: datetime) -> int:
    """Turn a student's work in the previews of a course into progress on it. Returns how many lessons.

    A repeat finds nothing left. Announces `lesson_completed` and what follows from it.
    """
    works = list(
        PreviewWork.objects.select_for_update(of=("self",)).filter(
            student=enrollment.student_id, lesson__course=enrollment.course_id
        )
    )
    if not works:
        return 0
    outline = outline_of(enrollment.course)
    begun = LessonProgress.objects.filter(enrollment=enrollment).values_list("lesson", flat=True)
    known = set(outline.places) - set(begun)
    fresh = [work for work in works if work.lesson_id in known]
    rows = LessonProgress.objects.bulk_create(
        [_progress_from(work, enrollment, outline.get(work.lesson_id)) for work in fresh]
    )
    PreviewWork.objects.filter(pk__in=[work.pk for work in works]).delete()
    seconds = sum(row.time_spent_seconds for row in rows)
    Enrollment.objects.filter(pk=enrollment.pk).update(
        total_time_seconds=F("total_time_seconds") + seconds
    )
    services.rederive(enrollment.pk, now=now)
    for row in rows:
        if row.completed_at is not None:
            lesson_completed.send(sender=LessonProgress, completion=row, enrollment=enrollment)
    return len(rows)


def _progress_from(work, enrollment, lesson):
    return LessonProgress(
        enrollment=enrollment,
        student_id=work.student_id,
        lesson_id=work.lesson_id,
        started_at=work.started_at,
        last_viewed_at=work.last_viewed_at,
        time_spent_seconds=work.time_spent_seconds,
        view_count=1,
        completed_at=work.completed_at,
        completion_method=METHODS[lesson.completion] if work.completed_at else "",
    )
