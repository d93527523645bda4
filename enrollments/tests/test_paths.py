"""Joining and leaving learning paths."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from content.models import LearningPath, PathPrerequisite
from content.tests.factories import PathFactory, PathStepFactory
from enrollments import paths
from enrollments.models import PathEnrollment
from tenancy.context import set_actor
from users.models import User
from users.tests.factories import UserFactory


@pytest.fixture
def student(organization):
    return UserFactory()


@pytest.fixture
def path(organization):
    return PathStepFactory().path


def test_joining_twice_is_one_place(path, student):
    now = timezone.now()

    first = paths.join_path(path.pk, student, now=now)
    assert paths.join_path(path.pk, student, now=timezone.now()) == first
    assert PathEnrollment.objects.get().joined_at == now


def test_who_left_may_come_back_to_the_same_place(path, student):
    place = paths.join_path(path.pk, student, now=timezone.now())
    paths.leave_path(path.pk, student, now=timezone.now())
    assert not PathEnrollment.objects.staying().exists()

    assert paths.join_path(path.pk, student, now=timezone.now()) == place
    assert PathEnrollment.objects.staying().get() == place


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"status": LearningPath.Status.DRAFT}, "not_published"),
        ({"status": LearningPath.Status.ARCHIVED, "published_at": timezone.now()}, "archived"),
        ({"published": True, "deleted_at": timezone.now()}, "not_published"),
    ],
)
def test_path_that_is_not_open_cannot_be_joined(student, fields, code):
    path = PathFactory(**fields)

    with pytest.raises(paths.PathRefused) as refused:
        paths.join_path(path.pk, student, now=timezone.now())

    assert refused.value.decision.code == code


def test_visitor_and_guest_account_are_told_why_not(path):
    assert paths.decide_joining(AnonymousUser(), path).code == "sign_in"
    assert paths.decide_joining(UserFactory(role=User.Role.GUEST), path).code == "guest_account"


def test_path_waits_for_another_path(path, student):
    needed = PathFactory(published=True, title="Basics")
    PathPrerequisite.objects.create(path=path, required_path=needed)

    decision = paths.decide_joining(student, path)
    assert (decision.code, decision.reason.url) == ("prerequisites", needed.get_absolute_url())
    assert "Basics" in decision.message

    PathEnrollment.objects.create(
        path=needed,
        student=student,
        joined_at=timezone.now(),
        percent=100,
        completed_at=timezone.now(),
    )
    assert paths.decide_joining(student, path)


def test_place_is_private_to_its_student(path, student):
    paths.join_path(path.pk, student, now=timezone.now())
    other = UserFactory()

    set_actor(str(other.pk), str(other.pk))
    assert not PathEnrollment.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM enrollments_pathenrollment")
        assert cursor.fetchone() == (0,)
