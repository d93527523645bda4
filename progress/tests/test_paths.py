"""How far people are on learning paths."""

from decimal import Decimal

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from content.services import paths as path_services
from content.tests.factories import PathFactory, PathStepFactory
from courses.tests.factories import CourseFactory
from enrollments import paths as places
from enrollments import services as enrollments
from enrollments.models import PathEnrollment
from enrollments.tests.factories import EnrollmentFactory
from notifications.models import Notification
from progress import invariants, paths
from users.tests.factories import UserFactory


@pytest.fixture
def path(organization):
    """Two required steps and one that is not."""
    path = PathFactory(published=True)
    PathStepFactory.create_batch(2, path=path)
    PathStepFactory(path=path, is_required=False)
    return path


@pytest.fixture
def student(organization):
    return UserFactory()


def join(path, student):
    return places.join_path(path.pk, student, now=timezone.now())


def complete(student, course):
    enrollment = EnrollmentFactory(student=student, course=course)
    enrollments.complete(enrollment.pk, by=None, now=timezone.now())
    return enrollment


def courses_of(path):
    return [step.course for step in path.steps.select_related("course").order_by("position")]


def state_of(place):
    place.refresh_from_db()
    return place.percent, place.completed_at is not None


def test_required_steps_make_the_percentage(path, student):
    place, (first, second, optional) = join(path, student), courses_of(path)

    complete(student, optional)
    assert state_of(place) == (0, False)
    complete(student, first)
    assert state_of(place) == (50, False)
    complete(student, second)
    assert state_of(place) == (100, True)
    assert not list(invariants.check())


def test_what_was_completed_before_joining_counts(path, student):
    complete(student, courses_of(path)[0])

    assert state_of(join(path, student)) == (50, False)


def test_completion_is_told_once(path, student):
    join(path, student)
    for course in courses_of(path):
        complete(student, course)
    paths.count_people_on(path.pk, now=timezone.now())

    told = Notification.objects.filter(kind="path.completed")
    assert [notification.user_id for notification in told] == [student.pk]


def test_completion_that_is_taken_back_is_taken_off(path, student):
    place = join(path, student)
    done = [complete(student, course) for course in courses_of(path)]

    enrollments.reopen(done[0].pk, by=None, now=timezone.now())
    assert state_of(place) == (50, False)


def test_completed_path_stays_so_when_steps_are_added(path, student):
    place = join(path, student)
    for course in courses_of(path):
        complete(student, course)

    path_services.add_step(path.pk, CourseFactory(published=True), by=None, now=timezone.now())
    assert state_of(place) == (100, True)
    assert not list(invariants.check())


def test_change_of_steps_counts_anew_and_completes(path, student):
    place, (first, second, _optional) = join(path, student), courses_of(path)
    complete(student, first)
    added = path_services.add_step(
        path.pk, CourseFactory(published=True), by=None, now=timezone.now()
    )
    assert state_of(place) == (Decimal("33.33"), False)

    path_services.remove_step(added, by=None, now=timezone.now())
    assert state_of(place) == (50, False)
    step = path.steps.get(course=second)
    path_services.require_step(step, False, by=None, now=timezone.now())
    assert state_of(place) == (100, True)
    assert not list(invariants.check())


def test_others_are_left_alone(path, student):
    others = join(path, UserFactory())
    join(path, student)

    complete(student, courses_of(path)[0])
    assert state_of(others) == (0, False)


def test_path_with_many_people_is_counted_by_a_job(path, student, monkeypatch):
    monkeypatch.setattr(paths, "MANY", 0)
    place = join(path, student)
    complete(student, courses_of(path)[0])
    removed = path.steps.get(position=2)

    path_services.remove_step(removed, by=None, now=timezone.now())
    job = ProcrastinateJob.objects.get(task_name="progress.tasks.count_path")
    assert job.args["path_id"] == str(path.pk)
    assert state_of(place) == (50, False)
    assert not list(invariants.check()), "what a job is about to count is not wrong"

    paths.count_people_on(path.pk, now=timezone.now())
    assert state_of(place) == (100, True)


def test_invariants_name_a_wrong_percentage(path, student):
    place = join(path, student)
    PathEnrollment.objects.update(percent=10)

    (found,) = invariants.check()
    assert (found["what"], found["place"], found["stored"]) == (
        "path percentage",
        str(place.pk),
        "10.00",
    )
