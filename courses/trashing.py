"""The trash of courses."""

from collections.abc import Iterator

from django.utils.translation import ngettext

from activity.trash_registry import Dependent, TrashKind, register, register_dependents
from courses import permissions, services
from courses.errors import CourseRefused
from courses.models import Course, CoursePrerequisite


def own_courses(user):
    """Those that the person may put in the trash: all for an admin, their own for an instructor."""
    if not user.is_authenticated or not user.is_active:
        return Course.objects.none()
    if user.is_admin:
        return Course.objects.all()
    return Course.objects.filter(owner=user) if user.is_instructor else Course.objects.none()


def by_key(service):
    """A service that takes the id of a course, as one that takes the course."""

    def for_course(course, *, by, now):
        service(course.pk, by=by, now=now)

    return for_course


def required_by(course) -> Iterator[Dependent]:
    count = CoursePrerequisite.objects.filter(required_course=course).count()
    if count:
        text = ngettext(
            "%(num)d course that asks for it first",
            "%(num)d courses that ask for it first",
            count,
        )
        yield Dependent(text % {"num": count})


register(
    TrashKind(
        name="course",
        model=Course,
        icon="book",
        rows=own_courses,
        put=by_key(services.trash_course),
        restore=by_key(services.restore_course),
        purge=by_key(services.purge_course),
        can_purge=permissions.can_purge_course,
        refusals=(CourseRefused,),
    )
)
register_dependents("course", required_by)
