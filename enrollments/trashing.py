"""Who depends on a course or learning path that is put in the trash."""

from collections.abc import Iterator

from django.utils.translation import ngettext

from activity.trash_registry import Dependent, register_dependents
from enrollments.models import Enrollment, PathEnrollment


def people_on(course) -> Iterator[Dependent]:
    count = Enrollment.objects.filter(course=course).holding_seats().count()
    if count:
        text = ngettext("%(num)d student on it", "%(num)d students on it", count)
        yield Dependent(text % {"num": count})


def people_following(path) -> Iterator[Dependent]:
    count = PathEnrollment.objects.staying().filter(path=path).count()
    if count:
        text = ngettext("%(num)d student follows it", "%(num)d students follow it", count)
        yield Dependent(text % {"num": count})


register_dependents("course", people_on)
register_dependents("path", people_following)
