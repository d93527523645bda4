"""The words of a course while it is published: changed in a draft, shown when that is published."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from courses.models import Course, CourseDraft, CourseVersion
from courses.services.editing import update_course
from courses.services.locking import lock_course
from courses.snapshots import WORDS, snapshot_of
from users.models import User


class CourseDraftChanged(Exception):  # noqa: N818 -- no error: somebody else saved meanwhile
    """The draft is not the one that was started from; `draft` is what it says now, None if it is gone."""

    def __init__(self, draft):
        super().__init__(_("Somebody else changed this meanwhile."))
        self.draft = draft


@transaction.atomic
def edit_course(
    course_id, *, revision: int, by: User | None, now: datetime, **words
) -> CourseDraft | None:
    """Change words of a course, those of WORDS: at once while it is not published, else in its draft.

    `revision` is that of the draft one started from, 0 where there was none. Words that are as published
    leave the draft; None where nothing is left. Locks the course.
    Raises CourseDraftChanged, InTheTrash, and ValidationError for values that no course can have.
    """
    course = lock_course(course_id)
    draft = CourseDraft.objects.filter(course=course).first()
    _require_revision(draft, revision)
    if unknown := set(words) - set(WORDS):
        raise TypeError(f"{', '.join(sorted(unknown))} does not wait in a draft.")
    if not course.is_published:
        update_course(course_id, by=by, now=now, **words)
        return None
    changes = {**(draft.changes if draft else {}), **words}
    changes = {name: value for name, value in changes.items() if getattr(course, name) != value}
    if not changes:
        if draft is not None:
            draft.delete()
        return None
    _check(course, changes)
    if draft is not None and draft.changes == changes:
        return draft
    is_new = draft is None
    draft = draft or CourseDraft(course=course, revision=0, base_number=_last_number(course))
    draft.changes = changes
    draft.revision += 1
    draft.edited_by, draft.edited_at = by, now
    draft.save(force_insert=is_new)
    return draft


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
    """Throw away changed words of a course; harmless to repeat. Raises CourseDraftChanged, InTheTrash."""
    course = lock_course(course_id)
    draft = CourseDraft.objects.filter(course=course).first()
    if draft is not None:
        _require_revision(draft, revision)
        draft.delete()


def keep_course_version(
    course: Course, *, by: User | None, now: datetime, note: str = ""
) -> CourseVersion | None:
    """Remember what students may see of a published course; None where the last version says the same.

    The caller holds the course.
    """
    if not course.is_published:
        return None
    snapshot = snapshot_of(course)
    last = course.versions.order_by("-number").first()
    if last is not None and last.snapshot == snapshot:
        return None
    return CourseVersion.objects.create(
        course=course,
        number=1 if last is None else last.number + 1,
        snapshot=snapshot,
        note=note,
        created_by=by,
    )


def _check(course, changes):
    probe = Course.objects.get(pk=course.pk)
    for name, value in changes.items():
        setattr(probe, name, value)
    probe.clean_fields()


def _require_revision(draft, revision):
    if (draft.revision if draft else 0) != revision:
        raise CourseDraftChanged(draft)


def _last_number(course):
    return course.versions.aggregate(last=Max("number"))["last"] or 0
