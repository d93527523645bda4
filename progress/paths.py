"""How far people are on learning paths: derived here alone, from the courses that they have completed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from content.models import LearningPath
from enrollments.models import PathEnrollment
from lib.rows import fetch_rows
from progress import tasks
from progress.signals import path_completed
from tenancy.context import acting_for_everyone, require_organization_id

#: With more people than this on a path, a change of its steps is counted by a job.
MANY = 500

# Percentages as they should be, for places on paths. As `progress.arithmetic.percent_of`.
COUNTED = """
SELECT place.id, COALESCE(trunc(100.0 * count(done.id) / NULLIF(count(step.id), 0), 2), 0) AS percent
FROM enrollments_pathenrollment place
LEFT JOIN content_pathstep step ON step.path_id = place.path_id AND step.is_required
LEFT JOIN enrollments_enrollment done ON done.course_id = step.course_id
    AND done.student_id = place.student_id AND done.status = 'completed'
WHERE {places}
GROUP BY place.id
"""
DERIVE = f"""
WITH counted AS ({COUNTED.format(places="place.id = ANY(%(places)s)")})
UPDATE enrollments_pathenrollment place SET percent = counted.percent,
    completed_at = CASE WHEN counted.percent = 100 THEN COALESCE(place.completed_at, %(now)s) END
FROM counted WHERE place.id = counted.id AND place.percent <> counted.percent
RETURNING place.id
"""


def count_completion(
    student_id: UUID, course_id: UUID, *, is_complete: bool, now: datetime
) -> None:
    """Count that a student has completed a course, or has not any more, on all paths that ask for it.

    A completed path stays so, unless a completion is taken back. Announces `path_completed`.
    """
    places = PathEnrollment.objects.filter(
        student=student_id, path__steps__course=course_id, path__steps__is_required=True
    )
    if is_complete:
        places = places.filter(completed_at__isnull=True)
    _derive(places.values_list("pk", flat=True), now)


def count_place(place: PathEnrollment, *, now: datetime) -> None:
    """Count what somebody who joins a path has done already. Announces `path_completed`."""
    if place.completed_at is None:
        _derive([place.pk], now)


def count_path(path: LearningPath, *, now: datetime) -> None:
    """Count anew after the steps of a path changed: at once, or by a job where many people follow it."""
    with acting_for_everyone():
        is_busy = _under_way(path.pk)[MANY : MANY + 1].exists()
    if is_busy:
        tasks.count_path.defer(organization_id=str(require_organization_id()), path_id=str(path.pk))
    else:
        count_people_on(path.pk, now=now)


def count_people_on(path_id: UUID, *, now: datetime) -> None:
    """Count anew for everybody who has not completed the path. Announces `path_completed`."""
    with acting_for_everyone():
        _derive(_under_way(path_id).values_list("pk", flat=True), now)


def _under_way(path_id):
    return PathEnrollment.objects.filter(path=path_id, completed_at__isnull=True)


def _derive(place_ids: Iterable[UUID], now):
    """Lock the places, then look: what was completed while this waited for a lock is counted too."""
    rows = PathEnrollment.objects.filter(pk__in=list(place_ids)).order_by("pk")
    ids = list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(DERIVE, {"places": ids, "now": now})
        changed = [row[0] for row in cursor.fetchall()]
    completed = PathEnrollment.objects.staying().filter(pk__in=changed, completed_at=now)
    for place in completed.select_related("path"):
        path_completed.send(sender=PathEnrollment, path_enrollment=place)


def differences() -> list:
    """Places whose stored percentage is not what the steps say: `id`, `stored`, `counted`.

    A place that is complete stays so; a path whose people a job is about to count is due, not wrong.
    """
    return fetch_rows(DIFFERENCES)


DIFFERENCES = f"""
WITH counted AS ({COUNTED.format(places="place.completed_at IS NULL")})
SELECT place.id, place.percent AS stored, counted.percent AS counted
FROM enrollments_pathenrollment place JOIN counted ON counted.id = place.id
WHERE place.percent <> counted.percent AND NOT EXISTS (
    SELECT FROM procrastinate_jobs job WHERE job.task_name = 'progress.tasks.count_path'
        AND job.args->>'path_id' = place.path_id::text AND job.status IN ('todo', 'doing')
)
ORDER BY place.id
"""
