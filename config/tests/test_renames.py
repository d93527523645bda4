"""A course keeps its old addresses when its short name changes: its page, its lessons, and all around them."""

import pytest
from django.utils import timezone

from content.tests.factories import LessonFactory
from courses.models import Course
from courses.services import update_course
from courses.tests.factories import CourseFactory
from enrollments.tests.factories import EnrollmentFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PAGES = ["", "lessons/first/", "progress/", "continue/", "withdraw/"]


@pytest.fixture
def renamed(organization):
    course = CourseFactory(slug="before", published=True)
    LessonFactory(module__course=course, slug="first")
    update_course(course.pk, by=course.owner, now=timezone.now(), slug="after")
    return course


@pytest.mark.parametrize("page", PAGES)
def test_old_address_leads_to_the_same_page(client, renamed, page):
    client.force_login(EnrollmentFactory(course=renamed).student)

    response = client.get(f"/courses/before/{page}?from=mail")

    assert (response.status_code, response["Location"]) == (301, f"/courses/after/{page}?from=mail")
    assert client.get(response["Location"]).status_code in (200, 302)


@pytest.mark.parametrize("page", ["people/", ""])
def test_old_address_of_staff_pages(client, renamed, page):
    client.force_login(renamed.owner)
    assert client.get(f"/courses/before/{page}")["Location"] == f"/courses/after/{page}"


@pytest.mark.parametrize("page", PAGES)
def test_old_address_of_a_hidden_course_is_an_unknown_one(client, renamed, page):
    Course.objects.filter(pk=renamed.pk).update(visibility=Course.Visibility.PRIVATE)
    client.force_login(UserFactory())
    assert client.get(f"/courses/before/{page}").status_code == 404


def test_nothing_is_posted_along(client, renamed):
    client.force_login(UserFactory())
    assert client.post("/courses/before/enroll/").status_code == 404
