"""The words of a course while it is published: changed in a draft, shown when that is published."""

from datetime import datetime

from django.db import transaction

from courses.models import Course, CourseDraft, CourseVersion
from courses.services.drafting import (
    changed_words,
    keep_version,
    last_number,
    require_revision,
    save_words,
)
from courses.services.editing import update_course
from courses.services.locking import lock_course
from courses.snapshots import WORDS, snapshot_of
from users.models import User


@transaction.atomic
def edit_course(
    course_id, *, revision: int, by: User | None, now: datetime, **words
) -> CourseDraft | None:
    """Change words of a course, those of WORDS: at once while it is not published, else in its draft.

    `revision` is that of the draft one started from, 0 where there was none. Words that are as published
    leave the draft; None where nothing is left. Locks the course.
    Raises DraftChanged, InTheTrash, and ValidationError for values that no course can have.
    """
    course = lock_course(course_id)
    draft = CourseDraft.objects.filter(course=course).first()
    require_revision(draft, revision)
    if unknown := set(words) - set(WORDS):
        raise TypeError(f"{', '.join(sorted(unknown))} does not wait in a draft.")
    if not course.is_published:
        update_course(course_id, by=by, now=now, **words)
        return None
    changes = changed_words(course, draft, words)
    if changes:
        _check(course, changes)

    def begin():
        base = last_number(course.versions)
        return CourseDraft(course=course, revision=0, base_number=base)

    return save_words(draft, changes, begin=begin, by=by, now=now)


@transaction.atomic
def publish_course_draft(
    course_id, *, by: User | None, now: datetime, note: str = ""
) -> CourseVersion | None:
    """Make the draft what the course says, and keep a version. Locks the course.

    The version is None where the last one says the same already. Raises InTheTrash, ValidationError.
    """
    course = lock_course(course_id)
    keep_course_version(course, by=None, now=now)
    course = take_course_draft(course, by=by, now=now)
    return keep_course_version(course, by=by, now=now, note=note)


def take_course_draft(course: Course, *, by: User | None, now: datetime) -> Course:
    """The same without versions, for callers that hold the course and keep one of all they publish."""
    draft = CourseDraft.objects.filter(course=course).first()
    if draft is None:
        return course
    course = update_course(course.pk, by=by, now=now, **draft.changes)
    draft.delete()
    return course


@transaction.atomic
def discard_course_draft(course_id, *, revision: int, by, now) -> None:
    """Throw away changed words of a course; harmless to repeat. Raises DraftChanged, InTheTrash."""
    course = lock_course(course_id)
    draft = CourseDraft.objects.filter(course=course).first()
    if draft is not None:
        require_revision(draft, revision)
        draft.delete()


def keep_course_version(
    course: Course, *, by: User | None, now: datetime, note: str = ""
) -> CourseVersion | None:
    """Remember what students may see of a published course; None where the last version says the same.

    The caller holds the course.
    """
    if not course.is_published:
        return None
    return keep_version(course.versions, snapshot_of(course), by=by, note=note)


def _check(course, changes):
    probe = Course.objects.get(pk=course.pk)
    for name, value in changes.items():
        setattr(probe, name, value)
    probe.clean_fields()
