"""How a course is held while a service changes it."""

from uuid import UUID

from django.utils.translation import gettext as _

from courses.errors import CannotTeach, InTheTrash
from courses.models import Course
from users.models import User


def lock_course(course_id: UUID, *, from_trash: bool = False) -> Course:
    """The course, locked to the end of the transaction; children may still be added meanwhile.

    Raises Course.DoesNotExist, and InTheTrash unless `from_trash`.
    """
    course = Course.objects.select_for_update(of=("self",), no_key=True).get(pk=course_id)
    if course.deleted_at is not None and not from_trash:
        raise InTheTrash(
            _("“%(title)s” is in the trash. Restore it first.") % {"title": course.title}
        )
    return course


def require_teacher(person: User) -> None:
    """Raises CannotTeach for somebody who is neither instructor nor admin."""
    if not person.is_admin and not person.is_instructor:
        raise CannotTeach(
            _("%(name)s is neither instructor nor admin, so cannot teach a course.")
            % {"name": person}
        )
