"""Which courses must be completed before another one."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from courses.cache import bump_catalogue_version
from courses.errors import CourseRefused, PrerequisiteCycle
from courses.models import Course, CoursePrerequisite
from courses.prerequisites import cycle_through
from courses.services.locking import lock_course
from tenancy.context import require_organization_id
from users.models import User


@transaction.atomic
def set_prerequisites(
    course_id: UUID, *, required_ids: Iterable, by: User | None, now: datetime
) -> Course:
    """Say which courses must be completed before this one, in place of those said before.

    One organization's prerequisites are changed one at a time, since two changes that are harmless by
    themselves can close a circle. Repeating it changes nothing.
    Raises PrerequisiteCycle naming the courses of the circle, CourseRefused for a course that is not
    there, InTheTrash.
    """
    course = lock_course(course_id)
    one_at_a_time()
    wanted = {UUID(str(required)) for required in required_ids}
    check_prerequisites(course.pk, wanted)
    links = CoursePrerequisite.objects.filter(course=course)
    present = set(links.values_list("required_course", flat=True))
    if wanted == present:
        return course
    links.filter(required_course__in=present - wanted).delete()
    for required_id in wanted - present:
        CoursePrerequisite.objects.create(course=course, required_course_id=required_id)
    bump_catalogue_version()
    return course


def check_prerequisites(course_id: UUID, required_ids: set[UUID]) -> None:
    """Raise as `set_prerequisites` would, without changing anything; for forms. Two queries at most."""
    if not required_ids:
        return
    found = set(Course.objects.live().filter(pk__in=required_ids).values_list("pk", flat=True))
    if found != required_ids:
        raise CourseRefused(_("A course that was named as prerequisite is not there any more."))
    others = CoursePrerequisite.objects.exclude(course=course_id)
    links = [*others.values_list("course", "required_course")]
    links += [(course_id, required_id) for required_id in required_ids]
    if path := cycle_through(course_id, links):
        titles = dict(Course.objects.filter(pk__in=path).values_list("pk", "title"))
        raise PrerequisiteCycle([titles[step] for step in path])


def one_at_a_time() -> None:
    """Let nobody else of the organization change prerequisites to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"courses:prerequisites:{require_organization_id()}"],
        )
