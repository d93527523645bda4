"""Two people who work on one course are told of each other."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from content.presence import GONE_AFTER, MAX_PEOPLE, Present, beat
from courses.tests.factories import CourseFactory, CourseStaffFactory
from lib.cache import forget_failures
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(organization):
    return CourseFactory(title="Walls")


@pytest.fixture
def tomas(course):
    person = UserFactory(instructor=True, first_name="Tomas", last_name="")
    CourseStaffFactory(course=course, user=person)
    return person


def test_people_are_told_of_each_other_the_same_page_first(course, tomas):
    now, owner = timezone.now(), course.owner
    ada = UserFactory(first_name="Ada", last_name="")

    assert beat(course.pk, user=tomas, place="/a/", now=now) == []
    assert beat(course.pk, user=ada, place="/b/", now=now) == [Present("Tomas", False)]
    present = beat(course.pk, user=owner, place="/a/", now=now)

    assert present == [Present("Tomas", True), Present("Ada", False)]


def test_who_does_not_beat_is_gone(course, tomas):
    now = timezone.now()
    beat(course.pk, user=tomas, place="/a/", now=now)

    later = now + GONE_AFTER
    assert beat(course.pk, user=course.owner, place="/a/", now=later - timedelta(seconds=1))
    assert not beat(course.pk, user=UserFactory(), place="/a/", now=later + GONE_AFTER)


def test_people_of_another_course_are_not_told(course, tomas):
    now = timezone.now()
    beat(CourseFactory().pk, user=tomas, place="/a/", now=now)

    assert beat(course.pk, user=course.owner, place="/a/", now=now) == []


def test_a_course_remembers_a_bounded_number(course):
    now = timezone.now()
    for _each in range(MAX_PEOPLE + 3):
        others = beat(course.pk, user=UserFactory(), place="/a/", now=now)

    assert len(others) == MAX_PEOPLE


def test_pages_of_the_studio_tell_it(client, course, tomas):
    url = reverse("content:studio_outline", args=[course.slug])
    client.force_login(tomas)
    client.get(url)
    client.force_login(course.owner)

    assert "Tomas is editing this too." in client.get(url).content.decode()
    home = client.get(reverse("content:studio_course", args=[course.slug])).content.decode()
    assert "Tomas is working on this course." in home


def test_an_open_page_asks_again(client, course, tomas):
    url = reverse("content:studio_presence", args=[course.slug])
    client.force_login(tomas)
    client.post(url, {"place": "/a/"})
    client.force_login(course.owner)

    answer = client.post(url, {"place": "/a/" + "x" * 1_000_000})

    assert "Tomas is working on this course." in answer.content.decode()


def test_others_are_told_that_there_is_no_such_course(client, course):
    client.force_login(UserFactory(instructor=True))

    url = reverse("content:studio_presence", args=[course.slug])
    assert client.post(url, {"place": "/a/"}).status_code == 404


def test_without_the_cache_nobody_is_told_and_pages_open(client, course, tomas, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "lib.cache.ResilientRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    forget_failures()
    now = timezone.now()
    try:
        beat(course.pk, user=tomas, place="/a/", now=now)
        assert beat(course.pk, user=course.owner, place="/a/", now=now) == []
    finally:
        forget_failures()
