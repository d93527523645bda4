"""Who else sees a course: a registry that higher floors fill in `ready()`.

Enrollments, for instance, adds the courses that a person is on; courses themselves know only their staff.
"""

from collections.abc import Callable

from django.db.models import Q, QuerySet

_sources: list[Callable] = []


def register(source: Callable) -> None:
    """Let people see more courses: `source(user)` gives a Q over courses, or a queryset of course ids.

    It is asked for signed-in people only, once per query, and makes no query of its own.
    """
    if source not in _sources:
        _sources.append(source)


def unregister(source: Callable) -> None:
    """Forget a source; for tests."""
    _sources.remove(source)


def also_visible_to(user) -> Q:
    """The condition for all courses that the registered sources show to this person; empty without any."""
    condition = Q()
    for source in _sources:
        seen = source(user)
        condition |= Q(pk__in=seen) if isinstance(seen, QuerySet) else seen
    return condition
