"""The overview of a course in the studio."""

import pytest
from django.urls import reverse

from content.tests.factories import LessonFactory, ModuleFactory
from courses.tests.factories import CourseFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def address(course):
    return reverse("content:studio_course", args=[course.slug])


def test_overview_says_what_is_there_and_what_is_missing(client, organization):
    course = CourseFactory(title="Walls")
    LessonFactory(module=ModuleFactory(course=course, title="Ground"), is_draft=True)
    ModuleFactory(course=course, title="Hollow")
    client.force_login(course.owner)

    page = client.get(address(course)).content.decode()

    assert "<dd>2</dd>" in page
    assert "1 not published" in page
    assert reverse("content:studio_check", args=[course.slug]) in page
    part = client.get(address(course), {"part": "next"}).content.decode()
    assert "The module “Hollow” has no lesson." in part
    assert "<html" not in part


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_constant(client, organization, django_assert_max_num_queries, count):
    course = CourseFactory()
    for _each in range(count):
        LessonFactory(module=ModuleFactory(course=course))
    client.force_login(course.owner)
    client.get(address(course))

    with django_assert_max_num_queries(14):
        client.get(address(course))
    with django_assert_max_num_queries(16):
        client.get(address(course), {"part": "next"})


def test_others_are_told_that_there_is_no_such_course(client, organization):
    course = CourseFactory(published=True)
    for person in (UserFactory(), UserFactory(instructor=True)):
        client.force_login(person)
        assert client.get(address(course)).status_code == 404
