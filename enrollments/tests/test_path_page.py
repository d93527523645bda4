"""How a visitor stands to a learning path, and the numbers for its author."""

import pytest
from django.urls import reverse
from django.utils import timezone

from content.paths_page import read_steps
from content.tests.factories import PathFactory, PathStepFactory
from enrollments import paths
from enrollments.models import Enrollment
from enrollments.path_numbers import read_numbers
from enrollments.path_page import states_of
from enrollments.tests.factories import EnrollmentFactory
from users.tests.factories import UserFactory

COMPLETED = {"status": Enrollment.Status.COMPLETED, "completed_at": timezone.now()}


@pytest.fixture
def path(organization):
    path = PathFactory(published=True)
    PathStepFactory(path=path)
    PathStepFactory(path=path, is_required=False)
    PathStepFactory.create_batch(2, path=path)
    return path


def courses_of(path):
    return [step.course for step in path.steps.select_related("course").order_by("position")]


def kinds(path, student, *, is_followed=True):
    steps = read_steps(path, student)
    own = {row.course_id: row for row in Enrollment.objects.filter(student=student)}
    states = states_of(path, steps, own, is_followed=is_followed)
    return [states[step.id].kind for step in steps]


def test_steps_open_one_after_the_other(path):
    student = UserFactory()
    assert kinds(path, student) == ["open", "locked", "locked", "locked"]

    EnrollmentFactory(student=student, course=courses_of(path)[0], **COMPLETED)
    assert kinds(path, student) == ["done", "open", "open", "locked"]


def test_step_that_is_under_way_is_not_locked(path):
    student = UserFactory()
    EnrollmentFactory(student=student, course=courses_of(path)[3])

    assert kinds(path, student) == ["open", "locked", "locked", "active"]


def test_free_path_and_visitor_know_no_order(path):
    student = UserFactory()
    assert kinds(path, student, is_followed=False) == ["open"] * 4

    path.is_sequential = False
    assert kinds(path, student) == ["open"] * 4


def test_numbers_add_up_and_say_where_people_stop(path):
    first, second, third = UserFactory.create_batch(3)
    courses = courses_of(path)
    for student in (first, second, third):
        paths.join_path(path.pk, student, now=timezone.now())
    EnrollmentFactory(student=first, course=courses[0], **COMPLETED)
    EnrollmentFactory(student=second, course=courses[0])
    paths.leave_path(path.pk, third, now=timezone.now())

    numbers = read_numbers(path)
    assert (numbers.joined, numbers.under_way, numbers.completed, numbers.left) == (3, 2, 0, 1)
    assert [(row.begun, row.completed, row.stand_here) for row in numbers.steps] == [
        (2, 1, 1),
        (0, 0, 0),
        (0, 0, 1),
        (0, 0, 0),
    ]


def test_numbers_are_for_the_author_alone(client, path):
    url = reverse("enrollments:path_numbers", args=[path.pk])

    for person, status in ((path.author, 200), (UserFactory(instructor=True), 404)):
        client.force_login(person)
        assert client.get(url).status_code == status
