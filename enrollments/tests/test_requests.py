"""Asking for a place and its answers: what they do, when they refuse, and that a repeat is harmless."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.models import Course, CourseSeats
from courses.tests.factories import CourseFactory, CourseStaffFactory
from enrollments import services
from enrollments.decisions import decide_enrollment, decide_request
from enrollments.models import Enrollment, EnrollmentChange
from enrollments.standing import standing_of
from enrollments.tests.factories import EnrollmentFactory
from notifications.models import Notification
from users.tests.factories import UserFactory

NOW = timezone.now()


@pytest.fixture
def student(organization):
    return UserFactory()


@pytest.fixture
def course(organization):
    return CourseFactory(published=True, enrollment_type="approval", waitlist_enabled=False)


def request(course, student, message="", now=NOW):
    return services.request_place(
        standing_of(student, course.pk), by=student, now=now, message=message
    )


def steps(enrollment):
    changes = EnrollmentChange.objects.filter(enrollment=enrollment).order_by("at", "id")
    return list(changes.values_list("from_status", "to_status"))


def told(person):
    return list(Notification.objects.filter(user=person).values_list("kind", flat=True))


def test_request_waits_with_its_message(course, student):
    place = request(course, student, "I teach this next year.")

    stored = Enrollment.objects.get()
    assert stored.pk == place.pk
    assert (stored.status, stored.approval_requested_at) == ("pending", NOW)
    assert stored.request_message == "I teach this next year."
    assert steps(stored) == [("", "pending")]
    assert CourseSeats.objects.get(course=course).taken == 0


def test_asking_twice_asks_once(course, student):
    assert request(course, student).pk == request(course, student).pk
    assert EnrollmentChange.objects.count() == 1


def test_teachers_are_told_of_a_request(course, student):
    helper = CourseStaffFactory(course=course).user
    request(course, student)
    assert told(course.owner) == told(helper) == ["teaching.request"]
    assert told(student) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ""),
        ({"status": "archived"}, "archived"),
        ({"visibility": "private"}, "private"),
        ({"enrollment_type": "restricted"}, "restricted"),
        ({"enrollment_closes_at": NOW}, "closed"),
        ({"max_capacity": 1}, "full"),
        ({"max_capacity": 1, "waitlist_enabled": True}, ""),
    ],
)
def test_request_is_decided_as_enrolling_is_but_for_the_approval(course, student, fields, expected):
    EnrollmentFactory(course=course, approved=True)
    Course.objects.filter(pk=course.pk).update(**fields)
    assert decide_request(standing_of(student, course.pk), now=NOW).code == expected


def test_refused_request_leaves_nothing(course, student):
    Course.objects.filter(pk=course.pk).update(enrollment_closes_at=NOW)
    with pytest.raises(services.EnrollmentRefused):
        request(course, student)
    assert not Enrollment.objects.exists()


def test_approval_gives_the_seat_and_says_who_and_when(course, student):
    place = request(course, student)
    later = NOW + timedelta(hours=1)
    services.approve(place.pk, by=course.owner, now=later)

    place.refresh_from_db()
    assert (place.status, place.approved_by, place.approved_at) == ("active", course.owner, later)
    assert place.enrolled_at == later
    assert steps(place) == [("", "pending"), ("pending", "active")]
    assert CourseSeats.objects.get(course=course).taken == 1
    assert told(student) == ["enrollment.approved"]


def test_rejection_keeps_the_reason_and_lets_the_student_ask_again(course, student):
    place = request(course, student, "Please")
    services.reject(place.pk, by=course.owner, now=NOW, reason="Begin with the basics.")

    place.refresh_from_db()
    assert (place.status, place.rejection_reason) == ("rejected", "Begin with the basics.")
    [notice] = Notification.objects.filter(user=student)
    assert (notice.kind, notice.facts["reason"]) == (
        "enrollment.rejected",
        "Begin with the basics.",
    )

    again = request(course, student, "I did", now=NOW + timedelta(days=1))
    assert (again.pk, again.status, again.rejection_reason) == (place.pk, "pending", "")
    assert again.request_message == "I did"


def test_approved_student_who_left_has_to_ask_again(course, student):
    place = request(course, student)
    services.approve(place.pk, by=course.owner, now=NOW)
    services.withdraw(place.pk, by=student, now=NOW)
    assert decide_enrollment(student, course, now=NOW).code == "approval"

    again = request(course, student)
    assert (again.status, again.approved_by_id, again.approved_at) == ("pending", None, None)


def test_second_answer_is_told_who_gave_the_first(course, student):
    helper = CourseStaffFactory(course=course).user
    place = request(course, student)
    services.approve(place.pk, by=helper, now=NOW)
    with pytest.raises(services.AlreadyDecided, match=f"{helper.get_full_name()} has approved"):
        services.reject(place.pk, by=course.owner, now=NOW, reason="No.")
    place.refresh_from_db()
    assert place.status == "active"

    other = request(course, UserFactory())
    services.reject(other.pk, by=helper, now=NOW, reason="No.")
    with pytest.raises(services.AlreadyDecided, match=f"{helper.get_full_name()} has rejected"):
        services.approve(other.pk, by=course.owner, now=NOW)

    third = request(course, UserFactory())
    services.withdraw(third.pk, by=third.student, now=NOW)
    with pytest.raises(services.AlreadyDecided, match="withdrawn"):
        services.approve(third.pk, by=course.owner, now=NOW)


def test_same_answer_twice_is_harmless(course, student):
    place = request(course, student)
    for _ in range(2):
        services.approve(place.pk, by=course.owner, now=NOW)
    other = request(course, UserFactory())
    for _ in range(2):
        services.reject(other.pk, by=course.owner, now=NOW, reason="No.")
    assert (len(steps(place)), len(steps(other))) == (2, 2)


def test_approving_anew_who_has_left_is_refused_to_whoever_approved_before(course, student):
    place = request(course, student)
    services.approve(place.pk, by=course.owner, now=NOW)
    services.withdraw(place.pk, by=student, now=NOW)

    with pytest.raises(services.AlreadyDecided):
        services.approve(place.pk, by=course.owner, now=NOW)
    assert Enrollment.objects.get().status == "withdrawn"


def test_second_rejection_does_not_replace_the_reason(course, student):
    place = request(course, student)
    services.reject(place.pk, by=course.owner, now=NOW, reason="First")

    with pytest.raises(services.AlreadyDecided):
        services.reject(place.pk, by=course.owner, now=NOW, reason="Second")
    assert Enrollment.objects.get().rejection_reason == "First"


def test_approval_of_a_full_course_without_waitlist_is_refused(course, student):
    Course.objects.filter(pk=course.pk).update(max_capacity=1)
    place = request(course, student)
    EnrollmentFactory(course=course, approved=True)
    with pytest.raises(services.CourseFull):
        services.approve(place.pk, by=course.owner, now=NOW)
    place.refresh_from_db()
    assert (place.status, place.approved_by_id) == ("pending", None)


def test_place_given_by_staff_is_approved_by_them(course, student):
    place = services.place(course.pk, student, by=course.owner, now=NOW)
    assert (place.approved_by_id, place.approved_at) == (course.owner.pk, NOW)
    place.refresh_from_db()
    assert (place.approved_by_id, place.approved_at) == (course.owner.pk, NOW)

    services.withdraw(place.pk, by=student, now=NOW)
    helper = CourseStaffFactory(course=course).user
    services.bring_back(place.pk, by=helper, now=NOW)
    place.refresh_from_db()
    assert place.approved_by_id == helper.pk


UNAPPROVED = re.compile("enrollments_enrollment_approved")


def test_database_lets_nobody_onto_an_approval_course_without_approver_and_time(course, student):
    with pytest.raises(IntegrityError, match=UNAPPROVED), transaction.atomic():
        EnrollmentFactory(course=course, student=student)
    with pytest.raises(IntegrityError, match=UNAPPROVED), transaction.atomic():
        EnrollmentFactory(course=course, student=student, approved_at=NOW)
    place = request(course, student)
    with pytest.raises(IntegrityError, match=UNAPPROVED), transaction.atomic():
        Enrollment.objects.filter(pk=place.pk).update(status="active", enrolled_at=NOW)
    services.approve(place.pk, by=course.owner, now=NOW)
    with pytest.raises(IntegrityError, match=UNAPPROVED), transaction.atomic():
        Enrollment.objects.filter(pk=place.pk).update(approved_at=None, approved_by=None)


def test_course_that_becomes_one_by_approval_keeps_its_people(student):
    course = CourseFactory(published=True)
    place = services.enroll(course.pk, student, by=student, now=NOW)
    Course.objects.filter(pk=course.pk).update(enrollment_type="approval")

    services.pause(place.pk, by=student, now=NOW)
    services.resume(place.pk, by=student, now=NOW)
    services.complete(place.pk, by=None, now=NOW)
    place.refresh_from_db()
    assert (place.status, place.approved_at) == ("completed", None)


def test_request_outlives_a_course_that_becomes_open(course, student):
    place = request(course, student)
    Course.objects.filter(pk=course.pk).update(enrollment_type="open")
    assert decide_enrollment(student, course, now=NOW).code == "already_pending"
    services.approve(place.pk, by=course.owner, now=NOW)
    place.refresh_from_db()
    assert place.status == "active"
