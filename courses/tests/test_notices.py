"""Whoever gets a course or a role to look after is told so, once."""

import pytest
from django.utils import timezone

from courses import services
from courses.tests.factories import CourseFactory
from notifications.kinds import message_of
from notifications.models import Notification
from users.models import Permission, Role
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def told(user):
    return [message_of(row).title for row in Notification.objects.filter(user=user)]


def test_new_teachers_and_owners_are_told(organization):
    course, now = CourseFactory(title="Trees"), timezone.now()
    ines, ivo = UserFactory.create_batch(2, role="instructor")

    services.add_staff(course.pk, user=ines, by=None, now=now)
    services.add_staff(course.pk, user=ines, by=None, now=now)
    services.transfer_ownership(course.pk, to=ivo, by=None, now=now)

    assert told(ines) == ["You look after “Trees” now"]
    assert told(ivo) == ["You look after “Trees” now"]


def test_who_gets_a_role_is_told_where_it_holds(organization):
    role = Role.objects.create(name="Grader", permissions=[Permission.ENROLLMENT_SEE])
    course, user, now = CourseFactory(title="Trees"), UserFactory(), timezone.now()

    services.give_role(role, user=user, course_id=course.pk, by=None, now=now)
    services.give_role(role, user=user, course_id=course.pk, by=None, now=now)
    services.give_role(role, user=user, by=None, now=now)

    assert sorted(told(user)) == [
        "You are “Grader” on “Trees” now",
        "You now hold the role “Grader”",
    ]
