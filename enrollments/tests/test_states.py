"""The table of transitions, in Python and in the database."""

import itertools

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from enrollments import services
from enrollments.models import Enrollment
from enrollments.states import LEARNING, SEAT_HOLDING, TRANSITIONS, may_become
from enrollments.tests.factories import EnrollmentFactory
from users.tests.factories import UserFactory

Status = Enrollment.Status
PAIRS = [pair for pair in itertools.product(Status.values, Status.values) if pair[0] != pair[1]]


def stored_in(status):
    """An enrollment in a state, whatever way would lead there."""
    now = timezone.now()
    return EnrollmentFactory(
        status=status,
        approval_requested_at=now,
        completed_at=now if status == Status.COMPLETED else None,
    )


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_database_holds_the_same_table(organization, before, after):
    enrollment = stored_in(before)
    completed_at = timezone.now() if after == Status.COMPLETED else None
    rows = Enrollment.objects.filter(pk=enrollment.pk)

    if may_become(before, after):
        assert rows.update(status=after, completed_at=completed_at) == 1
    else:
        with (
            pytest.raises(IntegrityError, match="enrollments_enrollment_lawful_change"),
            transaction.atomic(),
        ):
            rows.update(status=after, completed_at=completed_at)


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_service_holds_the_same_table(organization, before, after):
    enrollment, by, now = stored_in(before), UserFactory(), timezone.now()
    step = {"by": by, "now": now, "reason": "Why not"}

    if may_become(before, after):
        fields = {"approved_by": by, "approved_at": now}
        services.change_state(enrollment.pk, after, **step, **fields)
        (change,) = enrollment.changes.all()
        assert (change.from_status, change.to_status) == (before, after)
        assert (change.by, change.at, change.reason) == (by, now, "Why not")
    else:
        with pytest.raises(services.UnlawfulChange):
            services.change_state(enrollment.pk, after, **step)
        assert not enrollment.changes.exists()


def test_database_counts_the_same_seats(organization):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s FROM unnest(%s::text[]) s WHERE enrollments_holds_seat(s)", [Status.values]
        )
        held = {status for (status,) in cursor.fetchall()}
    assert held == SEAT_HOLDING


def test_every_state_has_a_row_and_learning_needs_a_seat():
    assert set(TRANSITIONS) == set(Status)
    assert LEARNING <= SEAT_HOLDING
