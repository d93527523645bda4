"""What enrollments add to courses and content: who sees a course and its files; and the invariants."""

import pytest
from django.utils import timezone

from content.access import can_open_media
from courses.models import Course, CourseSeats
from courses.tests.factories import CourseFactory
from enrollments import services
from enrollments.invariants import check
from enrollments.models import EnrollmentChange, WaitlistEntry
from enrollments.standing import standing_of
from enrollments.tests.factories import EnrollmentFactory
from users.tests.factories import UserFactory

NOW = timezone.now()


@pytest.mark.parametrize(
    ("state", "sees", "opens"),
    [
        (None, False, False),
        ("active", True, True),
        ("completed", True, True),
        ("paused", True, False),
        ("suspended", True, False),
        ("pending", True, False),
        ("withdrawn", False, False),
    ],
)
def test_private_course_and_its_files_are_for_people_on_it(organization, state, sees, opens):
    course = CourseFactory(published=True, visibility="private")
    student = UserFactory()
    EnrollmentFactory(course=course)
    if state:
        EnrollmentFactory(
            course=course,
            student=student,
            status=state,
            approval_requested_at=NOW,
            completed_at=NOW if state == "completed" else None,
        )
    visible = Course.objects.visible_to(student).filter(pk=course.pk).exists()
    assert (visible, standing_of(student, course.pk).is_visible) == (sees, sees)
    assert (
        can_open_media(
            student, access="course", owner_id=None, course_ids=[course.pk], is_in_preview=False
        )
        == opens
    )


@pytest.mark.parametrize(
    ("state", "sees"), [("waiting", True), ("offered", True), ("left", False), ("skipped", False)]
)
def test_private_course_is_seen_by_who_waits_for_a_seat(organization, state, sees):
    course = CourseFactory(published=True, visibility="private", max_capacity=1)
    student = UserFactory()
    WaitlistEntry.objects.create(
        course=course,
        student=student,
        state=state,
        joined_at=NOW,
        offered_at=NOW if state == "offered" else None,
    )
    visible = Course.objects.visible_to(student).filter(pk=course.pk).exists()
    assert (visible, standing_of(student, course.pk).is_visible) == (sees, sees)


def test_check_finds_nothing_after_a_busy_day(organization):
    course = CourseFactory(published=True, max_capacity=3)
    for verb in (services.withdraw, services.suspend, services.complete):
        student = UserFactory()
        place = services.enroll(course.pk, student, by=student, now=NOW)
        verb(place.pk, by=None, now=NOW)
    assert list(check()) == []


def test_check_names_wrong_counts_and_histories(organization):
    course = CourseFactory(published=True)
    student = UserFactory()
    services.enroll(course.pk, student, by=student, now=NOW)
    CourseSeats.objects.filter(course=course).update(taken=5, completed_count=1)
    EnrollmentChange.objects.update(to_status="paused")
    assert [(found["field"], found["stored"], found["counted"]) for found in check()] == [
        ("taken", 5, 1),
        ("completed_count", 1, 0),
        ("status", "active", "paused"),
    ]
