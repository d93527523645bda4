"""Percentages of paths stay right when several things happen at once."""

import contextlib
import threading
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from content.services import paths as path_services
from content.tests.factories import PathFactory, PathStepFactory
from courses.tests.factories import CourseFactory
from enrollments import paths as places
from enrollments import services as enrollments
from enrollments.models import PathEnrollment
from enrollments.tests.factories import EnrollmentFactory
from enrollments.tests.racing import race
from notifications.models import Notification
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school():
    return found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)


def path_of(school, courses):
    """A path of so many courses, and somebody who is on all of them."""
    with organization_context(school):
        path, student = PathFactory(published=True), UserFactory()
        steps = PathStepFactory.create_batch(courses, path=path)
        on_it = [EnrollmentFactory(student=student, course=step.course) for step in steps]
        return path, student, on_it


def complete(enrollment, barrier):
    """Complete a course and keep the transaction open until everybody has come as far as they can."""
    enrollments.complete(enrollment.pk, by=None, now=timezone.now())
    barrier.wait()


def wait_a_moment(count):
    """A place to wait for each other; who holds the others up is not waited for longer than a second."""
    barrier = threading.Barrier(count)

    class Waiting:
        def wait(self):
            with contextlib.suppress(threading.BrokenBarrierError):
                barrier.wait(timeout=1)

    return Waiting()


def test_two_completions_at_once_are_both_counted(school):
    path, student, on_it = path_of(school, 2)
    with organization_context(school):
        places.join_path(path.pk, student, now=timezone.now())
    together = wait_a_moment(2)

    race(school, [partial(complete, enrollment, together) for enrollment in on_it])

    with organization_context(school):
        assert PathEnrollment.objects.get().percent == 100
        assert Notification.objects.filter(kind="path.completed").count() == 1


def test_completion_while_joining_is_counted(school):
    path, student, (enrollment,) = path_of(school, 1)
    together = wait_a_moment(2)

    def join():
        places.join_path(path.pk, student, now=timezone.now())
        together.wait()

    race(school, [join, partial(complete, enrollment, together)])

    with organization_context(school):
        assert PathEnrollment.objects.get().percent == 100


def test_step_that_is_added_while_joining_is_counted(school):
    path, student, on_it = path_of(school, 2)
    with organization_context(school):
        enrollments.complete(on_it[0].pk, by=None, now=timezone.now())
        course = CourseFactory(published=True)
    together = wait_a_moment(2)

    def join():
        places.join_path(path.pk, student, now=timezone.now())
        together.wait()

    def add():
        path_services.add_step(path.pk, course, by=None, now=timezone.now())
        together.wait()

    race(school, [join, add])

    with organization_context(school):
        assert PathEnrollment.objects.get().percent == Decimal("33.33")


def test_joining_twice_at_once_is_one_place(school):
    path, student, _on_it = path_of(school, 1)

    def join():
        return places.join_path(path.pk, student, now=timezone.now())

    results = race(school, [join] * 4)
    assert len({result.pk for result in results}) == 1
