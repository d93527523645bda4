import pytest

from courses.models import Course, CourseStaff
from courses.taught import PER_PAGE
from courses.tests.factories import CourseFactory
from users.tests.factories import ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db

QUERIES = 6  # organization, device, person who looks, person, courses, and the answer kept


@pytest.fixture
def teacher(organization):
    person = UserFactory(instructor=True)
    ProfileFactory(user=person, job_title="Professor of stones")
    return person


def page_of(client, person, query=""):
    return client.get(f"/people/{person.pk}/{query}").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_of_the_page_is_constant(client, teacher, count, django_assert_num_queries):
    courses = CourseFactory.create_batch(count, published=True, owner=teacher)
    client.force_login(UserFactory())
    page_of(client, teacher)
    with django_assert_num_queries(QUERIES):
        page = page_of(client, teacher)
    assert all(course.title in page for course in courses)


def test_card_says_what_a_course_costs(client, teacher):
    CourseFactory(published=True, owner=teacher, price="49.00")
    client.force_login(UserFactory())
    assert "€49.00" in page_of(client, teacher)


def test_page_shows_what_is_published_to_all_and_nothing_else(client, teacher):
    helped = CourseFactory(published=True)
    CourseStaff.objects.create(course=helped, user=teacher)
    hidden = [
        CourseFactory(owner=teacher),
        CourseFactory(published=True, owner=teacher, visibility=Course.Visibility.PRIVATE),
        CourseFactory(published=True, owner=teacher, deleted_at=helped.created_at),
        CourseFactory(published=True),
    ]
    client.force_login(UserFactory())
    page = page_of(client, teacher)
    assert helped.get_absolute_url() in page
    assert not [course for course in hidden if course.get_absolute_url() in page]


def test_long_lists_are_paginated_and_nonsense_begins_anew(client, teacher):
    courses = CourseFactory.create_batch(PER_PAGE + 1, published=True, owner=teacher)
    client.force_login(UserFactory())
    first = page_of(client, teacher)
    assert sum(course.get_absolute_url() in first for course in courses) == PER_PAGE
    assert 'rel="next"' in first
    for cursor in ("nonsense", "%00", "9" * 5000):
        assert 'rel="next"' in page_of(client, teacher, f"?cursor={cursor}")


def test_students_have_no_list(client, organization):
    student = UserFactory()
    CourseFactory(published=True, owner=student)
    client.force_login(UserFactory())
    assert 'id="taught"' not in page_of(client, student)


@pytest.mark.parametrize(
    ("audience", "is_shown"), [("everyone", True), ("courses", False), ("me", False)]
)
def test_course_page_names_the_job_of_teachers_who_tell_everyone(
    client, teacher, audience, is_shown
):
    teacher.profile.visibility = {"job_title": audience}
    teacher.profile.save()
    course = CourseFactory(published=True, owner=teacher)
    assert "Professor of stones" not in client.get(course.get_absolute_url()).content.decode()
    client.force_login(UserFactory())
    page = client.get(course.get_absolute_url()).content.decode()
    assert f"/people/{teacher.pk}/" in page
    assert ("Professor of stones" in page) == is_shown
