"""Who may do what with a course, role by role."""

import pytest
from django.contrib.auth.models import AnonymousUser

from courses import permissions
from courses.tests.factories import CourseFactory, CourseStaffFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

#: guest, student, other instructor, co-instructor, owner, admin, former owner who may not teach any more
TABLE = {
    "can_edit_course": [0, 0, 0, 1, 1, 1, 0],
    "can_publish_course": [0, 0, 0, 1, 1, 1, 0],
    "can_manage_staff": [0, 0, 0, 0, 1, 1, 0],
    "can_trash_course": [0, 0, 0, 0, 1, 1, 0],
    "can_purge_course": [0, 0, 0, 0, 0, 1, 0],
    "can_view_course": [0, 0, 0, 1, 1, 1, 0],
}


@pytest.fixture
def people(organization):
    course = CourseFactory()
    demoted = UserFactory()
    CourseStaffFactory(course=course, user=demoted)
    return course, [
        AnonymousUser(),
        UserFactory(),
        UserFactory(instructor=True),
        CourseStaffFactory(course=course).user,
        course.owner,
        UserFactory(admin=True),
        demoted,
    ]


@pytest.mark.parametrize("permission", TABLE)
def test_permission_by_role(people, permission):
    course, users = people
    rule = getattr(permissions, permission)
    assert [int(rule(user, course)) for user in users] == TABLE[permission]


@pytest.mark.parametrize("permission", ["can_create_course", "can_edit_subjects"])
def test_permission_without_a_course(people, permission):
    expected = {
        "can_create_course": [0, 0, 1, 1, 1, 1, 0],
        "can_edit_subjects": [0, 0, 0, 0, 0, 1, 0],
    }
    rule = getattr(permissions, permission)
    assert [int(rule(user)) for user in people[1]] == expected[permission]


def test_inactive_people_may_do_nothing(organization):
    course = CourseFactory(owner__is_active=False)
    admin = UserFactory(admin=True, is_active=False)
    for user in (course.owner, admin):
        assert not permissions.can_edit_course(user, course)
        assert not permissions.can_view_course(user, course)
