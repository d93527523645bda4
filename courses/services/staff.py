"""Who teaches a course."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from courses.cache import bump_catalogue_version
from courses.models import Course, CourseStaff
from courses.services.locking import lock_course, require_teacher
from users.models import User


@transaction.atomic
def add_staff(
    course_id: UUID,
    *,
    user: User,
    by: User | None,
    now: datetime,
    role: str = CourseStaff.Role.CO_INSTRUCTOR,
) -> CourseStaff | None:
    """Let somebody teach the course beside its owner; None for the owner, who does already.

    Locks the course; repeating it changes nothing. Raises CannotTeach and InTheTrash.
    """
    course = lock_course(course_id)
    require_teacher(user)
    if course.owner_id == user.pk:
        return None
    staff, _created = CourseStaff.objects.get_or_create(
        course=course, user=user, defaults={"role": role}
    )
    bump_catalogue_version()
    return staff


@transaction.atomic
def remove_staff(course_id: UUID, *, user: User, by: User | None, now: datetime) -> None:
    """Take a co-instructor off the course; nothing happens if they are none. Raises InTheTrash."""
    course = lock_course(course_id)
    CourseStaff.objects.filter(course=course, user=user).delete()
    bump_catalogue_version()


@transaction.atomic
def transfer_ownership(
    course_id: UUID, *, to: User, by: User | None, now: datetime, keep_as_staff: bool = True
) -> Course:
    """Give the course another owner; the old one stays as co-instructor if wished and still able to teach.

    Locks the course; repeating it changes nothing. Raises CannotTeach and InTheTrash.
    """
    course = lock_course(course_id)
    require_teacher(to)
    former = course.owner
    if former == to:
        return course
    course.owner = to
    course.save(update_fields=["owner"])
    CourseStaff.objects.filter(course=course, user=to).delete()
    if keep_as_staff and former is not None and (former.is_admin or former.is_instructor):
        CourseStaff.objects.get_or_create(course=course, user=former)
    bump_catalogue_version()
    return course
