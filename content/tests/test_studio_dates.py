"""The dates of one course, for those who make it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from content.tests.factories import LessonFactory, ModuleFactory
from courses.tests.factories import CourseFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def course(client, organization):
    course = CourseFactory(published=True)
    client.force_login(course.owner)
    return course


def titles(client, course, **query):
    url = reverse("content:studio_dates", args=[course.slug])
    page = client.get(url, query).content.decode()
    return re.findall(r'<a class="rows-title"[^>]*>([^<]*)</a>', page)


def test_everything_that_has_a_date_is_listed_in_its_order(client, course, now):
    course.enrollment_closes_at, course.access_days = now + DAY, 30
    course.save()
    module = ModuleFactory(course=course, title="Basics", opens_at=now + 3 * DAY)
    LessonFactory(module=module, title="Loops", opens_at=now + 2 * DAY)
    LessonFactory(module=module, title="Branches", opens_after_days=7)
    LessonFactory(module=module, title="At once")
    LessonFactory(module=module, title="Over", opens_at=now - DAY)

    assert titles(client, course) == [
        "Enrollment closes",
        "“Loops” opens",
        "The module “Basics” opens",
        "“Branches” opens",
        "Access ends",
    ]
    assert titles(client, course, show="past") == ["“Over” opens"]


def test_what_is_in_the_trash_or_elsewhere_is_not_listed(client, course, now):
    gone = ModuleFactory(course=course, opens_at=now + DAY, deleted_at=now)
    LessonFactory(module=gone, opens_at=now + DAY)
    LessonFactory(opens_at=now + DAY)

    assert titles(client, course) == []


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_constant(client, course, now, count, django_assert_max_num_queries):
    for position in range(count):
        module = ModuleFactory(course=course, position=position + 1, opens_at=now + DAY)
        LessonFactory(module=module, position=1, opens_at=now + 2 * DAY)

    with django_assert_max_num_queries(12):
        assert len(titles(client, course)) == 2 * count
