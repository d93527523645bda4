"""Who may look after certificates and what they look like, role by role."""

import pytest
from django.contrib.auth.models import AnonymousUser

from certificates import permissions
from courses.tests.factories import CourseFactory, CourseStaffFactory
from users.tests.factories import UserFactory

#: guest, student, other instructor, co-instructor, owner, admin
TABLE = {
    "can_manage_certificates": [0, 0, 0, 1, 1, 1],
    "can_design": [0, 0, 0, 1, 1, 1],
}


@pytest.fixture
def course(organization):
    return CourseFactory()


@pytest.fixture
def people(course):
    return [
        AnonymousUser(),
        UserFactory(),
        UserFactory(instructor=True),
        CourseStaffFactory(course=course).user,
        course.owner,
        UserFactory(admin=True),
    ]


@pytest.mark.parametrize("permission", TABLE)
def test_permission_by_role(course, people, permission):
    rule = getattr(permissions, permission)
    assert [int(rule(user, course)) for user in people] == TABLE[permission]


def test_design_of_all_courses_is_for_who_manages_the_organization(people):
    assert [int(permissions.can_design_default(user)) for user in people] == [0, 0, 0, 0, 0, 1]
