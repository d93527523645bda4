"""The page that asks before something is undone, and the offer beside the word that it was done."""

import pytest
from django.urls import reverse
from django.utils import timezone

from activity.tests.requests import request_by
from content.services import outline
from courses import services as courses
from courses.tests.factories import CourseFactory
from enrollments.tests.factories import EnrollmentFactory
from lib.ids import uuid7
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def course(organization):
    return CourseFactory(title="Knots", published=True)


@pytest.fixture
def renamed(course):
    """The request in which the owner renamed the course and added a module."""
    with request_by(course.owner) as request_id:
        courses.update_course(course.pk, title="Bends", by=course.owner, now=NOW)
        outline.add_module(course, title="Loops", by=course.owner, now=NOW)
    return request_id


def page_of(request_id):
    return reverse("activity:undo", args=[request_id])


def test_page_says_what_will_be_put_back_and_changes_nothing(client, course, renamed):
    client.force_login(course.owner)

    text = client.get(page_of(renamed)).content.decode()

    assert "<del>Bends</del> → <ins>Knots</ins>" in text
    assert "Loops" in text
    assert "will be taken away again" in text
    course.refresh_from_db()
    assert course.title == "Bends"


def test_agreeing_puts_it_back_returns_and_offers_the_way_back(client, course, renamed):
    client.force_login(course.owner)
    here = reverse("courses:list")

    response = client.post(page_of(renamed), {"next": f"{here}?q=knots"}, follow=True)

    assert response.redirect_chain == [(f"{here}?q=knots", 302)]
    course.refresh_from_db()
    assert course.title == "Knots"
    assert "Undone." in response.content.decode()
    assert ">Redo</a>" in response.content.decode()


def test_refusal_says_why_and_where_to_look(client, course, renamed):
    courses.update_course(course.pk, title="Hitches", by=None, now=NOW)
    client.force_login(course.owner)
    for response in (client.get(page_of(renamed)), client.post(page_of(renamed))):
        text = response.content.decode()
        assert "has been changed again since" in text
        assert reverse("admin:courses_course_change", args=[course.pk]) in text
        assert 'type="submit">' not in text.partition("<main")[2].partition("</main")[0]


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:1", "\x00"]
)
def test_page_leads_nowhere_else(client, course, renamed, elsewhere):
    client.force_login(course.owner)
    response = client.post(page_of(renamed), {"next": elsewhere})
    assert response["Location"] == reverse("home")


def test_others_find_no_such_page(client, course, renamed):
    for user in (UserFactory(), UserFactory(instructor=True)):
        client.force_login(user)
        assert client.get(page_of(renamed)).status_code == 404
        assert client.post(page_of(renamed)).status_code == 404
    client.force_login(course.owner)
    assert client.get(page_of(uuid7())).status_code == 404


def test_page_takes_as_many_queries_for_many_rows(client, course, django_assert_max_num_queries):
    client.force_login(course.owner)
    used = []
    for count in (1, 3):
        with request_by(course.owner) as request_id:
            for _ in range(count):
                outline.add_module(course, title="Loops", by=course.owner, now=NOW)
        client.get(page_of(request_id))
        with django_assert_max_num_queries(12) as queries:
            client.get(page_of(request_id))
        used.append(len(queries))
    assert used[0] == used[1]


def test_staff_are_offered_undo_after_a_step(client, course):
    place = EnrollmentFactory(course=course)
    client.force_login(course.owner)
    here = reverse("enrollments:person", args=[course.slug, place.pk])

    response = client.post(here, {"action": "suspend", "reason": "Late"}, follow=True)

    assert "/undo/" in response.content.decode()


def test_back_office_offers_undo_after_saving(client, course):
    admin = UserFactory(admin=True)
    client.force_login(admin)
    subject = course.subject
    path = reverse("admin:courses_subject_change", args=[subject.pk])
    values = {"title": "Sea", "slug": subject.slug, "description": "", "position": 0}

    response = client.post(path, values, follow=True)

    assert 'href="/undo/' in response.content.decode()
    assert 'href="/undo/' not in client.get(path).content.decode()


@pytest.mark.parametrize("name", ["courses_course", "content_module", "content_lesson"])
def test_deleting_in_the_back_office_is_putting_in_the_trash(client, course, name):
    module = outline.add_module(course, title="Loops", by=None, now=NOW)
    lesson = outline.add_lesson(module, title="Bowline", by=None, now=NOW)
    rows = {"courses_course": course, "content_module": module, "content_lesson": lesson}
    client.force_login(course.owner)
    path = reverse(f"admin:{name}_delete", args=[rows[name].pk])

    response = client.post(path, {"post": "yes"})

    kind = name.partition("_")[2]
    assert response["Location"] == reverse("activity:trash_put", args=[kind, rows[name].pk])
    rows[name].refresh_from_db()
    assert rows[name].deleted_at is None
    change = client.get(reverse(f"admin:{name}_change", args=[rows[name].pk])).content.decode()
    assert f'href="{path}"' in change
    listed = client.get(reverse(f"admin:{name}_changelist")).content.decode()
    assert "delete_selected" not in listed
