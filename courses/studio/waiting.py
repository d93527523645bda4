"""How many changes of a course wait to be published: each floor counts its own, registered in `ready()`."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from courses.models import CourseDraft

Count = Callable[[Collection[UUID]], Mapping[UUID, int]]

_counts: dict[str, Count] = {}


def register(name: str, count: Count) -> None:
    """Add `count(course_ids)`, one query, to the sum. ValueError if the name is taken."""
    if _counts.get(name, count) is not count:
        raise ValueError(f"There is another count {name!r}.")
    _counts[name] = count


def waiting_changes(course_ids: Collection[UUID]) -> Counter:
    """The number of waiting changes by course; one query for each floor that counts."""
    total = Counter(
        CourseDraft.objects.filter(course__in=course_ids).values_list("course_id", flat=True)
    )
    for count in _counts.values():
        total.update(count(course_ids))
    return total
