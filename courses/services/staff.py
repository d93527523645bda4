"""Who teaches a course."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from courses.cache import bump_catalogue_version
from courses.models import Course, CourseStaff
from courses.services.locking import lock_course, require_teacher
from courses.services.roles import decide_co_instructor
from courses.signals import duty_given
from tenancy import security
from users.models import User
from users.roles import require


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

    Locks the course; repeating it changes nothing. Raises CannotTeach, InTheTrash, and RoleRefused where it is
    not for `by` to decide. Written into the security log.
    """
    course = lock_course(course_id)
    require_teacher(user)
    if course.owner_id == user.pk:
        return None
    if by is not None:
        require(decide_co_instructor(by, user=user, course=course))
    staff, is_new = CourseStaff.objects.get_or_create(
        course=course, user=user, defaults={"role": role}
    )
    if is_new:
        _record(course, user, role, "given")
        duty_given.send(sender=CourseStaff, user=user, course=course, duty="", at=now)
    bump_catalogue_version()
    return staff


@transaction.atomic
def remove_staff(course_id: UUID, *, user: User, by: User | None, now: datetime) -> None:
    """Take a co-instructor off the course; nothing happens if they are none.

    Raises InTheTrash, and RoleRefused where it is not for `by` to decide. Written into the security log.
    """
    course = lock_course(course_id)
    if by is not None:
        require(decide_co_instructor(by, user=user, course=course))
    for staff in CourseStaff.objects.filter(course=course, user=user):
        _record(course, user, staff.role, "taken")
        staff.delete()
    bump_catalogue_version()


@transaction.atomic
def transfer_ownership(
    course_id: UUID, *, to: User, by: User | None, now: datetime, keep_as_staff: bool = True
) -> Course:
    """Give the course another owner; the old one stays as co-instructor if wished and still able to teach.

    Locks the course; repeating it changes nothing. Raises CannotTeach and InTheTrash. Written into the security
    log.
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
    _record(course, to, "owner", "given")
    duty_given.send(sender=CourseStaff, user=to, course=course, duty="", at=now)
    bump_catalogue_version()
    return course


def _record(course, user, role, change):
    security.record(
        security.Kind.ROLE_CHANGED, user_id=user.pk, role=role, change=change, course=course.title
    )
