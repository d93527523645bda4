"""The list of the courses that somebody works on, and beginning one."""

import re

import pytest
from django.urls import reverse

from courses.models import Course, CourseDraft
from courses.tests.factories import (
    CourseFactory,
    CourseStaffFactory,
    RoleAssignmentFactory,
    RoleFactory,
    SubjectFactory,
)
from users.models import Permission
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

URL = reverse("courses:studio")
NEW = reverse("courses:studio_new")


@pytest.fixture
def teacher(organization):
    return UserFactory(instructor=True)


def titles(response):
    """Of the courses in the table, in order."""
    return re.findall(r'dir="auto" href="[^"]*">([^<]+)</a>', response.content.decode())


def test_one_sees_the_courses_that_one_may_edit(client, teacher):
    CourseFactory(owner=teacher, title="Mine")
    CourseStaffFactory(user=teacher, course=CourseFactory(title="Helped"))
    CourseFactory(title="Somebody else’s", published=True)
    client.force_login(teacher)

    response = client.get(URL)

    assert set(titles(response)) == {"Mine", "Helped"}


def test_a_role_on_one_course_opens_the_list(client, organization):
    course = CourseFactory(title="Given")
    role = RoleFactory(permissions=[Permission.COURSE_EDIT])
    helper = RoleAssignmentFactory(course=course, role=role).user
    client.force_login(helper)

    assert titles(client.get(URL)) == ["Given"]
    assert client.get(NEW).status_code == 404


def test_for_students_there_is_no_studio(client, organization):
    client.force_login(UserFactory())

    assert client.get(URL).status_code == client.get(NEW).status_code == 404


def test_list_is_narrowed_by_state_title_and_owner(client, organization):
    admin = UserFactory(admin=True)
    CourseFactory(owner=admin, title="Stones", published=True)
    CourseFactory(title="Stone walls")
    CourseFactory(title="Water")
    client.force_login(admin)

    assert set(titles(client.get(URL, {"q": "stone"}))) == {"Stones", "Stone walls"}
    assert titles(client.get(URL, {"status": "published"})) == ["Stones"]
    assert titles(client.get(URL, {"whose": "mine"})) == ["Stones"]
    assert set(titles(client.get(URL))) == {"Stones", "Stone walls", "Water"}


def test_list_is_sorted_as_asked(client, teacher):
    for title in ("Beta", "Alpha", "Gamma"):
        CourseFactory(owner=teacher, title=title)
    client.force_login(teacher)

    response = client.get(URL, {"sort": "title"})

    assert titles(response) == ["Alpha", "Beta", "Gamma"]


def test_waiting_words_are_counted(client, teacher):
    course = CourseFactory(owner=teacher, published=True)
    CourseDraft.objects.create(
        course=course, changes={"title": "New"}, edited_at=course.published_at
    )
    client.force_login(teacher)

    assert "1 change" in client.get(URL).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_constant(client, teacher, django_assert_num_queries, count):
    CourseFactory.create_batch(count, owner=teacher)
    client.force_login(teacher)
    client.get(URL)

    with django_assert_num_queries(7):
        client.get(URL)


@pytest.mark.parametrize("query", ["?sort=%00", "?q=%00", "?cursor=x", "?status=nonsense"])
def test_nonsense_in_the_address_does_no_harm(client, teacher, query):
    client.force_login(teacher)

    assert client.get(f"{URL}{query}").status_code == 200


def test_a_course_begins_with_title_and_subject(client, teacher):
    subject = SubjectFactory()
    client.force_login(teacher)

    response = client.post(NEW, {"title": "Dry stone walls", "subject": subject.pk})

    course = Course.objects.get()
    assert (course.title, course.owner, course.status) == ("Dry stone walls", teacher, "draft")
    assert course.slug in response["Location"]


@pytest.mark.parametrize(
    "values",
    [
        {"title": ""},
        {"title": " "},
        {"title": "x" * 201},
        {"title": "A\0"},
        {"subject": "nonsense"},
    ],
)
def test_a_course_that_cannot_be_is_refused_beside_the_field(client, teacher, values):
    client.force_login(teacher)

    response = client.post(NEW, {"subject": SubjectFactory().pk, "title": "Fine"} | values)

    assert response.status_code == 200
    assert "invalid-feedback" in response.content.decode()
    assert not Course.objects.exists()
