"""An end of access that is moved while it is carried out holds; and the race is real where nothing is locked."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from enrollments.models import Enrollment
from enrollments.services import expiry
from enrollments.tests.factories import EnrollmentFactory
from enrollments.tests.racing import race
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
HELD = 0.5  # seconds that the first transaction stays open


@pytest.fixture
def school():
    return found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)


def end_while_it_is_moved(school):
    """The state of a place whose end is moved by a transaction that is open when the end is carried out."""
    with organization_context(school):
        enrollment = EnrollmentFactory(expires_at=NOW)
    is_moved = threading.Event()

    def move():
        expiry.move_end(enrollment.pk, NOW + timedelta(days=1), by=None, now=NOW)
        is_moved.set()
        threading.Event().wait(HELD)

    def end():
        is_moved.wait(timeout=60)
        return expiry.expire(enrollment.pk, now=NOW)

    results = race(school, [move, end])
    with organization_context(school):
        return results[1], Enrollment.objects.get(pk=enrollment.pk).status


def test_end_that_is_moved_meanwhile_is_not_carried_out(school):
    assert end_while_it_is_moved(school) == (False, "active")


def test_without_the_lock_access_ends_that_was_extended(school, monkeypatch):
    expire, move = expiry.expire, expiry.move_end

    def without_lock(enrollment_id, **who):
        monkeypatch.setattr(expiry, "lock", lambda row_id: Enrollment.objects.get(pk=row_id))
        return expire(enrollment_id, **who)

    monkeypatch.setattr(expiry, "expire", without_lock)
    monkeypatch.setattr(expiry, "move_end", move)
    assert end_while_it_is_moved(school) == (True, "expired")
