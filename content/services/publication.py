"""Publishing what waits in a course, chosen parts together."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from content.services.items import ContentRefused
from content.services.outline import OutlineRefused
from content.services.publishing import publish_lesson, waiting_lessons
from courses import preflight
from courses.errors import NotReady
from courses.preflight import Finding, Level
from courses.services.drafts import keep_course_version, take_course_draft
from courses.services.locking import lock_course
from users.models import User


@transaction.atomic
def publish_changes(
    course_id: UUID,
    *,
    with_words: bool,
    lesson_ids: Collection[UUID],
    by: User | None,
    now: datetime,
    note: str = "",
) -> int:
    """Show students the changed words of a published course, and these of its waiting lessons; how many those were.

    A version is kept of all that differs, with the note. Lessons that do not wait are passed over. Locks the
    course. Raises InTheTrash, and NotReady for what cannot be shown or would leave an error in the course.
    """
    course = lock_course(course_id)
    keep_course_version(course, by=None, now=now)
    if with_words:
        take_course_draft(course, by=by, now=now)
    count = 0
    for lesson in waiting_lessons(course).filter(pk__in=lesson_ids):
        _publish_lesson(lesson, by=by, now=now, note=note)
        count += 1
    course.refresh_from_db()
    if errors := preflight.errors_of(course):
        raise NotReady(errors)
    keep_course_version(course, by=by, now=now, note=note)
    return count


def _publish_lesson(lesson, **options):
    try:
        publish_lesson(lesson, **options)
    except (ContentRefused, OutlineRefused) as refused:
        text = f"“{lesson.title}”: {refused}"
        raise NotReady([Finding(Level.ERROR, "cannot_be_shown", text)]) from refused
