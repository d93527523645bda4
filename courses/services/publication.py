"""Opening a course to its readers, closing it, and laying it to rest."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from courses import before_publishing, preflight
from courses.cache import bump_catalogue_version
from courses.errors import CannotArchive, NotReady
from courses.models import Course
from courses.services.drafts import keep_course_version
from courses.services.locking import lock_course
from courses.signals import course_changed, course_published
from users.models import User


@transaction.atomic
def publish_course(course_id: UUID, *, by: User | None, now: datetime, note: str = "") -> Course:
    """Open a course to those who may see it. `published_at` is set the first time and then kept.

    Locks the course; one that is published already stays as it is. The preflight looks at the course as it
    would be, the first version keeps the note. Announces `course_published` and `course_changed`. Raises InTheTrash, and NotReady with what the preflight found missing.
    """
    course = lock_course(course_id)
    if course.status == Course.Status.PUBLISHED:
        return course
    is_first = course.published_at is None
    course.published_at = course.published_at or now
    before_publishing.prepare(course, by=by, now=now)
    _move(course, Course.Status.PUBLISHED)
    if errors := preflight.errors_of(course):
        raise NotReady(errors)
    keep_course_version(course, by=by, now=now, note=note)
    course_published.send(sender=Course, course=course, by=by, is_first=is_first)
    course_changed.send(sender=Course, course=course, at=now)
    return course


@transaction.atomic
def unpublish_course(course_id: UUID, *, by: User | None, now: datetime) -> Course:
    """Make a course a draft again; the people on it keep it. Locks the course. Raises InTheTrash."""
    course = lock_course(course_id)
    if course.status != Course.Status.DRAFT:
        _move(course, Course.Status.DRAFT)
    return course


@transaction.atomic
def archive_course(course_id: UUID, *, by: User | None, now: datetime) -> Course:
    """Take a course out of the catalogue for good; the people on it keep it.

    Locks the course. Raises InTheTrash, and CannotArchive for what was never published.
    """
    course = lock_course(course_id)
    if course.status == Course.Status.ARCHIVED:
        return course
    if course.published_at is None:
        raise CannotArchive(
            _("“%(title)s” was never published. Put it into the trash instead.")
            % {"title": course.title}
        )
    _move(course, Course.Status.ARCHIVED)
    return course


def _move(course, status):
    course.status = status
    course.save(update_fields=["status", "published_at"])
    bump_catalogue_version()
