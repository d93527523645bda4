from itertools import permutations

import pytest

from courses.models import Course, CourseStaff
from courses.tests.factories import CourseFactory
from enrollments.models import Enrollment
from enrollments.shared_courses import share_a_course
from enrollments.tests.factories import EnrollmentFactory
from tenancy.context import organization_context
from users.tests.factories import ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(organization):
    return CourseFactory(published=True, owner=UserFactory(instructor=True))


def student_of(course, status=Enrollment.Status.ACTIVE):
    return EnrollmentFactory(course=course, student=UserFactory(), status=status).student


def test_those_who_learn_or_teach_on_one_course_share_it(course):
    helper = UserFactory(instructor=True)
    CourseStaff.objects.create(course=course, user=helper)
    people = [student_of(course), student_of(course), course.owner, helper]
    assert all(share_a_course(one, other) for one, other in permutations(people, 2))


@pytest.mark.parametrize("status", ["paused", "suspended", "withdrawn", "rejected", "expired"])
def test_who_is_not_on_the_course_now_shares_nothing(course, status):
    assert not share_a_course(student_of(course), student_of(course, status))


def test_other_courses_and_those_in_the_trash_are_not_shared(course):
    one, other = student_of(course), student_of(course)
    assert not share_a_course(one, student_of(CourseFactory(published=True)))
    Course.objects.update(deleted_at=course.created_at)
    assert not share_a_course(one, other)


def test_page_shows_classmates_what_is_for_those_on_ones_courses(
    client, course, django_assert_max_num_queries
):
    person, classmate, stranger = student_of(course), student_of(course), UserFactory()
    ProfileFactory(user=person, phone="+44 20 7946 0000", visibility={"phone": "courses"})
    for viewer, sees in ((classmate, True), (course.owner, True), (stranger, False)):
        client.force_login(viewer)
        client.get(f"/people/{person.pk}/")
        with django_assert_max_num_queries(8):
            page = client.get(f"/people/{person.pk}/").content.decode()
        assert ("7946" in page) == sees


def test_asking_leaves_others_enrollments_as_hidden_as_before(course):
    one, other = student_of(course), student_of(course)
    with organization_context(course.organization_id, using_private_rows_of=one):
        assert share_a_course(one, other)
        assert not Enrollment.objects.filter(student=other).exists()
