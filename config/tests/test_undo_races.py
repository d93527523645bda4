"""Several people undo at the same moment."""

import pytest
from django.utils import timezone

from activity import undo as undoing
from activity.models import Undo
from activity.tests.requests import request_by
from activity.undo import undo
from content.models import Module
from content.services import outline
from courses import services as courses
from courses.models import Course
from courses.tests.factories import CourseFactory
from enrollments.tests.racing import race
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def organization(db):
    return found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)


@pytest.fixture
def admin(organization):
    with organization_context(organization):
        return UserFactory(admin=True)


def racer(request_id, user):
    def run():
        with request_by(user):
            return undo(request_id, by=user, now=timezone.now())

    return run


def test_of_two_who_undo_the_same_one_does_and_the_other_is_told(organization, admin):
    with organization_context(organization):
        course = CourseFactory(title="Knots")
        with request_by(admin) as request_id:
            courses.update_course(course.pk, title="Bends", by=admin, now=timezone.now())

    decisions = race(organization, [racer(request_id, admin)] * 4)

    assert sorted(decision.code for decision in decisions) == ["", "undone", "undone", "undone"]
    with organization_context(organization):
        assert Course.objects.get().title == "Knots"
        assert Undo.objects.count() == 1


def test_undoing_and_sorting_at_once_keeps_the_order_whole(organization, admin):
    now = timezone.now()
    with organization_context(organization):
        course = CourseFactory()
        modules = [outline.add_module(course, title=str(n), by=admin, now=now) for n in range(6)]
        with request_by(admin) as request_id:
            outline.trash_part(modules[0], by=admin, now=now)

    def sort():
        with request_by(admin):
            outline.move_module(modules[5], position=1, by=admin, now=now)

    results = race(organization, [racer(request_id, admin), sort])

    with organization_context(organization):
        places = list(Module.objects.live().order_by("position").values_list("position", flat=True))
    assert places == list(range(1, len(places) + 1))
    assert not any(isinstance(result, Exception) for result in results)


def test_without_the_claim_two_would_undo_the_same(organization, admin, monkeypatch):
    """That the race is one: with the claim taken away, the second comes too late only by what it finds."""
    monkeypatch.setattr(undoing, "_claim", lambda *arguments, **options: None)
    with organization_context(organization):
        course = CourseFactory(title="Knots")
        with request_by(admin) as request_id:
            courses.update_course(course.pk, title="Bends", by=admin, now=timezone.now())

    decisions = race(organization, [racer(request_id, admin)] * 4)

    assert "undone" not in [decision.code for decision in decisions]
