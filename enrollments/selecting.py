"""Some people of a course, chosen on the list: one by one, or all that fit its filters."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet

from enrollments.filters import NARROWING, PeopleFilter, with_seen
from enrollments.models import Enrollment

MOST_BY_HAND = 200
ALL = "all"


def chosen_people(course_id: UUID, data, *, now: datetime) -> QuerySet[Enrollment]:
    """The enrollments of a course that an address names by `id`, or all that fit its filters with `all` in it.

    Nobody where it names none, or where a filter cannot be read.
    """
    people = with_seen(Enrollment.objects.filter(course_id=course_id))
    if data.get(ALL):
        narrowed = PeopleFilter(data, queryset=people, now=now)
        return narrowed.qs if narrowed.is_valid() else people.none()
    return people.filter(pk__in=_ids(data))


def _ids(data):
    for text in data.getlist("id")[:MOST_BY_HAND]:
        try:
            yield UUID(text)
        except ValueError:
            continue


def address_of(data) -> str:
    """The query string that names the same people."""
    if data.get(ALL):
        chosen = {name: data[name] for name in NARROWING if data.get(name)}
        return "?" + urlencode({ALL: "1", **chosen})
    return "?" + urlencode([("id", row_id) for row_id in _ids(data)])
