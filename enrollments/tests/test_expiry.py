"""Access that ends: from which rule, on time, told before, moved by staff, and never against work that came first."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.models import CourseSeats
from courses.services import update_course
from courses.tests.factories import CourseFactory
from enrollments import services
from enrollments.decisions import decide_enrollment
from enrollments.models import Enrollment
from enrollments.notices import ENDED, ENDS_SOON, tell_of_ends
from enrollments.services import expiry
from enrollments.tests.factories import EnrollmentFactory
from notifications.models import Notification
from users.tests.factories import UserFactory

NOW = timezone.now().replace(microsecond=0)
DAY = timedelta(days=1)
Status = Enrollment.Status


@pytest.fixture
def teacher(organization):
    return UserFactory(instructor=True)


@pytest.fixture
def student(organization):
    return UserFactory()


@pytest.fixture
def course(teacher):
    return CourseFactory(owner=teacher, published=True, max_capacity=1, access_days=30)


def enroll(course, student, now=NOW):
    return services.enroll(course.pk, student, by=student, now=now)


def state_of(enrollment):
    return Enrollment.objects.values_list("status", flat=True).get(pk=enrollment.pk)


def expire(enrollment, at):
    return expiry.expire(enrollment.pk, now=at)


def told(kind):
    return list(Notification.objects.filter(kind=kind.code).values_list("user", flat=True))


# From which rule


def test_access_ends_after_days_from_the_start(course, student):
    enrollment = enroll(course, student)
    enrollment.refresh_from_db()
    assert enrollment.expires_at == NOW + 30 * DAY


def test_access_ends_on_the_day_of_the_course_or_never(teacher, student):
    ending = CourseFactory(published=True, access_ends_at=NOW + DAY)
    lasting = CourseFactory(published=True)
    for course, expected in ((ending, NOW + DAY), (lasting, None)):
        assert enroll(course, student).expires_at == expected
        assert Enrollment.objects.get(course=course).expires_at == expected


def test_time_begins_anew_for_who_comes_back(course, student):
    enrollment = enroll(course, student)
    services.withdraw(enrollment.pk, by=student, now=NOW + DAY)
    enroll(course, student, now=NOW + 10 * DAY)
    enrollment.refresh_from_db()
    assert enrollment.expires_at == NOW + 40 * DAY


def test_break_and_lifted_suspension_do_not_stop_the_clock(course, student, teacher):
    enrollment = enroll(course, student)
    services.pause(enrollment.pk, by=student, now=NOW + DAY)
    services.resume(enrollment.pk, by=student, now=NOW + 2 * DAY)
    services.suspend(enrollment.pk, by=teacher, now=NOW + 3 * DAY)
    services.lift(enrollment.pk, by=teacher, now=NOW + 4 * DAY)
    enrollment.refresh_from_db()
    assert enrollment.expires_at == NOW + 30 * DAY


def test_another_rule_is_for_those_who_join_from_then_on(course, student, teacher):
    enrollment = enroll(course, student)
    update_course(course.pk, access_days=5, max_capacity=2, by=teacher, now=NOW)
    later = enroll(course, UserFactory())
    enrollment.refresh_from_db()
    assert (enrollment.expires_at, later.expires_at) == (NOW + 30 * DAY, NOW + 5 * DAY)


def test_nobody_begins_in_a_course_whose_access_is_over(teacher, student):
    course = CourseFactory(owner=teacher, published=True, access_ends_at=NOW)
    decision = decide_enrollment(student, course, now=NOW)
    assert (bool(decision), decision.code) == (False, "access_over")
    for service, by in ((services.enroll, student), (services.place, teacher)):
        with pytest.raises(services.EnrollmentRefused, match="Access to this course ended"):
            service(course.pk, student, by=by, now=NOW)

    left = EnrollmentFactory(course=course, status=Status.WITHDRAWN)
    with pytest.raises(services.EnrollmentRefused, match="Access to this course ended"):
        services.bring_back(left.pk, by=teacher, now=NOW)


# On time


def test_access_ends_on_time_and_the_seat_is_free(course, student):
    enrollment = enroll(course, student)
    end = enrollment.expires_at

    assert not expire(enrollment, end - timedelta(microseconds=1))
    assert state_of(enrollment) == Status.ACTIVE
    assert expire(enrollment, end)
    assert not expire(enrollment, end)

    assert state_of(enrollment) == Status.EXPIRED
    assert CourseSeats.objects.get(course=course).taken == 0
    last = enrollment.changes.order_by("-at").first()
    assert (last.to_status, last.by, last.at) == (Status.EXPIRED, None, end)
    assert told(ENDED) == [student.pk]


def test_paused_place_ends_too_while_others_stay(organization):
    past = {"expires_at": NOW - DAY}
    ended = {
        status: EnrollmentFactory(
            status=status, completed_at=NOW if status == "completed" else None, **past
        )
        for status in (Status.ACTIVE, Status.PAUSED, Status.SUSPENDED, Status.COMPLETED)
    }
    lasting = EnrollmentFactory(expires_at=NOW + DAY)

    due = expiry.due(now=NOW)
    for enrollment in [*ended.values(), lasting]:
        expire(enrollment, NOW)

    assert set(due) == {ended[Status.ACTIVE].pk, ended[Status.PAUSED].pk}
    assert {status: state_of(enrollment) for status, enrollment in ended.items()} == {
        Status.ACTIVE: Status.EXPIRED,
        Status.PAUSED: Status.EXPIRED,
        Status.SUSPENDED: Status.SUSPENDED,
        Status.COMPLETED: Status.COMPLETED,
    }
    assert state_of(lasting) == Status.ACTIVE


def test_completion_that_came_first_stays(course, student):
    enrollment = enroll(course, student)
    services.complete(enrollment.pk, by=student, now=enrollment.expires_at - DAY)
    assert not expire(enrollment, enrollment.expires_at)
    assert state_of(enrollment) == Status.COMPLETED


def test_completion_taken_back_after_the_end_gives_time_again(course, student, teacher):
    enrollment = enroll(course, student)
    services.complete(enrollment.pk, by=student, now=NOW)
    later = enrollment.expires_at + DAY
    services.reopen(enrollment.pk, by=teacher, now=later)
    enrollment.refresh_from_db()
    assert enrollment.expires_at == later + 30 * DAY


# Told before


def test_people_are_told_a_week_and_a_day_before_each_once(course, student):
    end = enroll(course, student).expires_at
    moments = [end - 8 * DAY, end - 7 * DAY, end - 6 * DAY, end - DAY, end - DAY / 2, end]
    assert [tell_of_ends(now=now) for now in moments] == [0, 1, 0, 1, 0, 0]
    assert told(ENDS_SOON) == [student.pk] * 2


def test_another_end_is_told_again(course, student, teacher):
    enrollment = enroll(course, student)
    now = enrollment.expires_at - DAY / 2
    assert tell_of_ends(now=now) == 1
    expiry.move_end(enrollment.pk, now + 3 * DAY, by=teacher, now=now)
    assert (tell_of_ends(now=now), tell_of_ends(now=now + 5 * DAY / 2)) == (1, 1)


# Moved by staff


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.PAUSED, Status.SUSPENDED])
def test_moving_an_end_is_kept_with_who_and_why(teacher, status):
    enrollment = EnrollmentFactory(status=status, expires_at=NOW)
    for _repeat in range(2):
        expiry.move_end(enrollment.pk, NOW + DAY, by=teacher, now=NOW, reason="Was ill.")

    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.expires_at) == (status, NOW + DAY)
    (change,) = enrollment.changes.all()
    assert (change.from_status, change.to_status, change.by) == (status, status, teacher)
    assert change.reason.endswith("Was ill.")


def test_who_lost_access_gets_a_seat_again_while_there_is_one(course, student, teacher):
    enrollment = enroll(course, student)
    end = enrollment.expires_at
    expire(enrollment, end)
    expiry.move_end(enrollment.pk, end + DAY, by=teacher, now=end)
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.expires_at) == (Status.ACTIVE, end + DAY)

    expire(enrollment, end + DAY)
    enroll(course, UserFactory(), now=end + DAY)
    with pytest.raises(services.CourseFull):
        expiry.move_end(enrollment.pk, end + 2 * DAY, by=teacher, now=end + DAY)
    assert state_of(enrollment) == Status.EXPIRED


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.REJECTED, Status.COMPLETED])
def test_other_states_have_no_end_to_move(teacher, status):
    enrollment = EnrollmentFactory(
        status=status, completed_at=NOW if status == Status.COMPLETED else None
    )
    with pytest.raises(expiry.NoEnd):
        expiry.move_end(enrollment.pk, NOW + DAY, by=teacher, now=NOW)


def test_ends_of_many_are_moved_each_by_itself(teacher):
    here = EnrollmentFactory.create_batch(2)
    gone = EnrollmentFactory(status=Status.WITHDRAWN)
    ids = [enrollment.pk for enrollment in [*here, gone]]
    assert expiry.move_ends(ids, NOW + DAY, by=teacher, now=NOW) == (2, 1)
