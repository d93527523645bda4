"""Seats are never oversold, however many enroll at once; and the race is real where nothing guards them."""

import functools
import threading

import pytest
from django.utils import timezone

from courses.models import CourseSeats
from courses.tests.factories import CourseFactory
from enrollments import services
from enrollments.models import Enrollment, EnrollmentChange
from enrollments.tests.racing import race
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

STUDENTS, SEATS = 40, 10


@pytest.fixture
def school():
    return found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)


def committed_course(school, capacity, students):
    with organization_context(school):
        course = CourseFactory(published=True, max_capacity=capacity)
        return course, UserFactory.create_batch(students)


def enroll(course, student):
    return services.enroll(course.pk, student, by=student, now=timezone.now())


def holding(school, course):
    with organization_context(school):
        rows = Enrollment.objects.filter(course=course).holding_seats().count()
        return rows, CourseSeats.objects.get(course=course).taken


def test_forty_students_get_ten_seats(school):
    course, students = committed_course(school, SEATS, STUDENTS)

    results = race(school, [functools.partial(enroll, course, student) for student in students])

    assert sum(isinstance(result, Enrollment) for result in results) == SEATS
    refused = [result for result in results if isinstance(result, Exception)]
    assert {type(error) for error in refused} <= {
        services.CourseFull,
        services.EnrollmentRefused,
    }
    assert {error.decision.code for error in refused} == {"full"}
    assert holding(school, course) == (SEATS, SEATS)


def test_counting_first_and_inserting_then_oversells(school):
    course, students = committed_course(school, None, STUDENTS)  # the database does not guard it
    everybody_counted = threading.Barrier(STUDENTS)

    def count_then_insert(student):
        taken = Enrollment.objects.filter(course=course).holding_seats().count()
        everybody_counted.wait(timeout=30)
        if taken >= SEATS:
            return None
        return Enrollment.objects.create(course=course, student=student, enrolled_at=timezone.now())

    race(school, [functools.partial(count_then_insert, student) for student in students])

    rows, _taken = holding(school, course)
    assert rows == STUDENTS > SEATS


def test_last_seat_is_given_once_when_two_come_back(school):
    course, students = committed_course(school, None, 2)
    with organization_context(school):
        for student in students:
            place = enroll(course, student)
            services.withdraw(place.pk, by=student, now=timezone.now())
        course.max_capacity = 1
        course.save()

    results = race(school, [functools.partial(enroll, course, student) for student in students])

    assert sum(isinstance(result, Enrollment) for result in results) == 1
    assert holding(school, course) == (1, 1)


def test_double_click_gives_one_place(school):
    course, [student] = committed_course(school, SEATS, 1)

    results = race(school, [functools.partial(enroll, course, student)] * 8)

    assert all(isinstance(result, Enrollment) for result in results), results
    assert len({result.pk for result in results}) == 1
    assert holding(school, course) == (1, 1)
    with organization_context(school):
        assert EnrollmentChange.objects.count() == 1
