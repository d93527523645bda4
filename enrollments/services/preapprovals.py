"""Lists of addresses and domains whose owners come onto a course without being asked or asking."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from enrollments.models import PreApproval


@transaction.atomic
def add_addresses(course_id: UUID, values: Iterable[str], *, by, now: datetime) -> int:
    """Put addresses and domains, as `addresses.read_list` gives them, on the list. Returns how many are new."""
    values = set(values)
    rows = PreApproval.objects.filter(course_id=course_id, value__in=values)
    known = set(rows.values_list("value", flat=True))
    wanted = [
        PreApproval(course_id=course_id, value=value, added_by=by)
        for value in sorted(values - known)
    ]
    PreApproval.objects.bulk_create(wanted, ignore_conflicts=True)
    return len(wanted)


@transaction.atomic
def remove_addresses(course_id: UUID, ids: Iterable[UUID]) -> int:
    """Take entries off the list of a course; who came by them stays. Returns how many were there."""
    count, _by_model = PreApproval.objects.filter(course_id=course_id, pk__in=list(ids)).delete()
    return count
