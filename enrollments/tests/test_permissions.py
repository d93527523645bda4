"""Who may look after the people of a course, role by role."""

import pytest
from django.contrib.auth.models import AnonymousUser

from courses.tests.factories import (
    CourseFactory,
    CourseStaffFactory,
    RoleAssignmentFactory,
    RoleFactory,
)
from enrollments import permissions
from enrollments.models import Section, SectionStaff
from enrollments.standing import standing_of
from enrollments.tests.factories import EnrollmentFactory
from users.models import Permission
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

#: guest, student of the course, other instructor, co-instructor, owner, admin
TABLE = {
    "can_see_people": [0, 0, 0, 1, 1, 1],
    "can_manage_people": [0, 0, 0, 1, 1, 1],
    "can_manage_enrollment": [0, 0, 0, 1, 1, 1],
    "can_manage_waitlist": [0, 0, 0, 1, 1, 1],
    "can_place_anybody": [0, 0, 0, 0, 0, 1],
}


@pytest.fixture
def place(organization):
    return EnrollmentFactory(course=CourseFactory(published=True))


@pytest.mark.parametrize("permission", TABLE)
def test_permission_by_role(place, permission):
    course = place.course
    rule = getattr(permissions, permission)
    asked = {
        "can_see_people": lambda user: rule(standing_of(user, course.pk)),
        "can_manage_people": lambda user: rule(standing_of(user, course.pk)),
        "can_manage_enrollment": lambda user: rule(user, place),
        "can_manage_waitlist": lambda user: rule(user, place),
        "can_place_anybody": rule,
    }
    users = [
        AnonymousUser(),
        place.student,
        UserFactory(instructor=True),
        CourseStaffFactory(course=course).user,
        course.owner,
        UserFactory(admin=True),
    ]
    assert [int(asked[permission](user)) for user in users] == TABLE[permission]


@pytest.mark.parametrize(
    ("held", "may"),
    [
        ([Permission.ENROLLMENT_MANAGE], False),
        ([Permission.PERSON_SEE], False),
        ([Permission.ENROLLMENT_MANAGE, Permission.PERSON_SEE], True),
    ],
)
def test_who_places_anybody_manages_places_and_sees_people(organization, held, may):
    helper = RoleAssignmentFactory(role=RoleFactory(permissions=held)).user
    assert permissions.can_place_anybody(helper) is may


def test_sections_that_somebody_teaches_are_those_of_the_course(place):
    teacher = UserFactory(instructor=True)
    mine, others, elsewhere = (
        Section.objects.create(course=course, title=title)
        for course, title in ((place.course, "A"), (place.course, "B"), (CourseFactory(), "A"))
    )
    for section, user in ((mine, teacher), (elsewhere, teacher), (others, UserFactory())):
        SectionStaff.objects.create(section=section, user=user)

    standing = standing_of(teacher, place.course_id)

    assert permissions.sections_taught(standing) == [mine.pk]
