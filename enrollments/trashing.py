"""Who depends on a course that is put in the trash."""

from collections.abc import Iterator

from django.utils.translation import ngettext

from activity.trash_registry import Dependent, register_dependents
from enrollments.models import Enrollment


def people_on(course) -> Iterator[Dependent]:
    count = Enrollment.objects.filter(course=course).holding_seats().count()
    if count:
        text = ngettext("%(num)d student on it", "%(num)d students on it", count)
        yield Dependent(text % {"num": count})


register_dependents("course", people_on)
