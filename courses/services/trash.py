"""Throwing a course away: first into the trash, from where it comes back as it was."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from courses.cache import bump_catalogue_version
from courses.errors import NotInTheTrash, StillInUse
from courses.models import Course
from courses.services.locking import lock_course
from courses.signals import course_changed
from tenancy.context import acting_for_everyone
from users.models import User


@transaction.atomic
def trash_course(course_id: UUID, *, by: User | None, now: datetime) -> Course:
    """Hide a course from everybody; `restore_course` brings it back. Locks it; a repeat keeps the first time."""
    course = lock_course(course_id, from_trash=True)
    if course.deleted_at is None:
        course.deleted_at = now
        course.save(update_fields=["deleted_at"])
        bump_catalogue_version()
    return course


@transaction.atomic
def restore_course(course_id: UUID, *, by: User | None, now: datetime) -> Course:
    """Take a course out of the trash, in the state it had. Locks it; a repeat changes nothing.

    Announces `course_changed`.
    """
    course = lock_course(course_id, from_trash=True)
    if course.deleted_at is not None:
        course.deleted_at = None
        course.save(update_fields=["deleted_at"])
        course_changed.send(sender=Course, course=course, at=now)
        bump_catalogue_version()
    return course


@transaction.atomic
def purge_course(course_id: UUID, *, by: User | None, now: datetime) -> None:
    """Delete a course of the trash for good, with all that hangs below it.

    Raises NotInTheTrash, and StillInUse when anybody is or ever was on it: such records are kept.
    """
    course = lock_course(course_id, from_trash=True)
    if course.deleted_at is None:
        raise NotInTheTrash(_("“%(title)s” is not in the trash.") % {"title": course.title})
    picture, storage = course.thumbnail.name, course.thumbnail.storage
    try:
        with transaction.atomic(), acting_for_everyone():
            course.delete()
    except ProtectedError as error:
        raise StillInUse(
            _("“%(title)s” has records of people who were on it, so it stays in the trash.")
            % {"title": course.title}
        ) from error
    if picture:
        transaction.on_commit(lambda: storage.delete(picture))
    bump_catalogue_version()
