"""Prerequisites never close a circle, however they are set."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from courses import services
from courses.errors import CourseRefused, PrerequisiteCycle
from courses.models import CoursePrerequisite
from courses.prerequisites import cycle_through
from courses.services import prerequisites
from courses.services.prerequisites import check_prerequisites
from courses.tests.factories import CourseFactory
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.mark.parametrize(
    ("links", "cycle"),
    [
        ([], []),
        ([("a", "b"), ("b", "c")], []),
        ([("b", "c"), ("c", "b"), ("a", "b")], []),
        ([("a", "a")], ["a", "a"]),
        ([("a", "b"), ("b", "a")], ["a", "b", "a"]),
        ([("a", "b"), ("a", "c"), ("b", "d"), ("d", "c"), ("c", "a")], ["a", "c", "a"]),
        ([("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")], ["a", "b", "c", "d", "a"]),
    ],
)
def test_cycle_through(links, cycle):
    assert cycle_through("a", links) == cycle


def require(course, *required):
    return services.set_prerequisites(
        course.pk, required_ids=[other.pk for other in required], by=course.owner, now=NOW
    )


def test_set_prerequisites_replaces_and_repeats(organization):
    course, first, second = CourseFactory.create_batch(3)
    require(course, first)
    for _ in range(2):
        require(course, second)
    assert list(course.prerequisites.all()) == [second]
    require(course)
    assert not course.prerequisites.exists()


def test_circle_is_refused_and_named(organization):
    git, web, design = (CourseFactory(title=title) for title in ("Git", "Web", "Design"))
    require(git, web)
    require(web, design)
    with pytest.raises(PrerequisiteCycle, match="Design → Git → Web → Design"):
        require(design, git)
    with pytest.raises(PrerequisiteCycle, match="Git → Git"):
        check_prerequisites(git.pk, {git.pk})
    assert not CoursePrerequisite.objects.filter(course=design).exists()


def test_course_of_another_organization_cannot_be_required(organization, other_organization):
    with organization_context(other_organization):
        theirs = CourseFactory()
    with pytest.raises(CourseRefused, match="not there"):
        require(CourseFactory(), theirs)


def close_circle_from_both_ends(meet):
    """Two threads, each adding a harmless half of a circle; how many links were stored."""
    school = found_organization("Harbor School", "harbor", host="harbor.localhost")
    with organization_context(school):
        one, other = CourseFactory(), CourseFactory()
    refusals = []

    def work(course, needed):
        try:
            with organization_context(school):
                meet.wait(timeout=10)
                require(course, needed)
        except PrerequisiteCycle as refusal:
            refusals.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in [(one, other), (other, one)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with organization_context(school):
        return CoursePrerequisite.objects.count(), len(refusals)


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_cannot_close_a_circle():
    assert close_circle_from_both_ends(threading.Barrier(2)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_changes_at_once_close_a_circle(monkeypatch):
    checked = threading.Barrier(2)

    def check_and_wait(*args):
        check_prerequisites(*args)
        checked.wait(timeout=10)

    monkeypatch.setattr(prerequisites, "one_at_a_time", lambda: None)
    monkeypatch.setattr(prerequisites, "check_prerequisites", check_and_wait)
    assert close_circle_from_both_ends(threading.Barrier(2)) == (2, 0)
