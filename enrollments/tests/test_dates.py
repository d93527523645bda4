"""What ends for those who are on a course or wait to be, as their agenda has it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agenda.dates import Span
from courses.tests.factories import CourseFactory
from enrollments.dates import ACCESS_ENDS, ENROLLMENT_CLOSES, OFFER_ENDS, endings
from enrollments.models import Enrollment, WaitlistEntry
from enrollments.tests.factories import EnrollmentFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
Status = Enrollment.Status


@pytest.fixture
def now():
    return timezone.now()


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.PAUSED])
def test_end_of_access_is_told(organization, now, status):
    enrollment = EnrollmentFactory(expires_at=now + DAY, status=status)

    (date,) = endings([enrollment.student_id], Span(since=now))

    assert (date.kind, date.at) == (ACCESS_ENDS.code, now + DAY)
    assert date.name == date.course == enrollment.course.title
    assert date.url == enrollment.course.get_absolute_url()


def test_who_waits_is_told_when_enrollment_closes(organization, now):
    waiting = EnrollmentFactory(status=Status.PENDING, approval_requested_at=now, enrolled_at=None)
    course = waiting.course
    course.enrollment_closes_at = now + DAY
    course.save()
    EnrollmentFactory(course=course)

    (date,) = endings(None, Span(since=now))

    assert (date.kind, date.person_id) == (ENROLLMENT_CLOSES.code, waiting.student_id)


def test_who_was_offered_a_seat_is_told_until_when_it_is_held(organization, now):
    course = CourseFactory(published=True, max_capacity=9)
    offered, waiting = (
        WaitlistEntry.objects.create(course=course, student=UserFactory(), joined_at=now)
        for _ in range(2)
    )
    WaitlistEntry.objects.filter(pk=offered.pk).update(
        state=WaitlistEntry.State.OFFERED, offered_at=now, offer_expires_at=now + DAY
    )

    (date,) = endings(None, Span(since=now))
    assert (date.kind, date.at, date.person_id) == (OFFER_ENDS.code, now + DAY, offered.student_id)

    course.enrollment_closes_at = now + DAY
    course.save()
    told = {(date.kind, date.person_id) for date in endings(None, Span(since=now))}
    assert told == {
        (OFFER_ENDS.code, offered.student_id),
        (ENROLLMENT_CLOSES.code, waiting.student_id),
    }


def test_others_are_told_nothing(organization, now):
    ended = {"status": Status.WITHDRAWN, "expires_at": now + DAY}
    EnrollmentFactory(**ended)
    EnrollmentFactory(student=UserFactory(is_active=False), expires_at=now + DAY)
    trashed = EnrollmentFactory(expires_at=now + DAY).course
    trashed.deleted_at = now
    trashed.save()
    mine = EnrollmentFactory(expires_at=now + DAY)
    EnrollmentFactory(expires_at=now + 3 * DAY)

    assert [date.person_id for date in endings(None, Span(now, now + 2 * DAY))] == [mine.student_id]
    assert list(endings([UserFactory().pk], Span(since=now))) == []


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_constant(organization, now, count, django_assert_num_queries):
    student = UserFactory()
    for _ in range(count):
        EnrollmentFactory(student=student, expires_at=now + DAY)

    with django_assert_num_queries(1):
        assert len(list(endings([student.pk], Span(since=now)))) == count
