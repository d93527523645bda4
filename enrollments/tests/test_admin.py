"""The back office of enrollments: scoped, moved by services, never edited."""

import pytest

from courses.tests.factories import CourseFactory, CourseStaffFactory
from enrollments.models import Enrollment
from enrollments.tests.factories import EnrollmentFactory
from users.tests.factories import UserFactory

LIST = "/admin/enrollments/enrollment/"


@pytest.fixture
def course(organization):
    return CourseFactory(published=True, max_capacity=2)


def act(client, action, *places, **asked):
    data = {"action": action, "_selected_action": [str(place.pk) for place in places]}
    return client.post(LIST, data | asked, follow=True).content.decode()


@pytest.mark.parametrize("path", [LIST, "/admin/enrollments/enrollmentchange/"])
def test_lists_are_for_staff_and_scoped(client, course, path):
    mine, theirs = EnrollmentFactory(course=course), EnrollmentFactory()
    for place in (mine, theirs):
        place.changes.create(student=place.student, to_status="active", at=place.created_at)

    def names(user):
        client.force_login(user)
        html = client.get(path).content.decode()
        return [place.student.last_name in html for place in (mine, theirs)]

    assert names(course.owner) == [True, False]
    assert names(CourseStaffFactory(course=course).user) == [True, False]
    assert names(UserFactory(admin=True)) == [True, True]
    assert names(UserFactory(instructor=True)) == [False, False]
    client.force_login(mine.student)
    assert client.get(path).status_code in (302, 403)


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count_is_constant(client, course, count, django_assert_max_num_queries):
    places = [EnrollmentFactory() for _ in range(count)]
    client.force_login(UserFactory(admin=True))
    client.get(LIST)
    with django_assert_max_num_queries(14):
        html = client.get(LIST).content.decode()
    assert all(place.student.last_name in html for place in places)


def test_actions_go_through_services_and_name_what_does_not_fit(client, course):
    active = EnrollmentFactory(course=course)
    paused = EnrollmentFactory(course=course, status="paused")
    client.force_login(course.owner)

    html = act(client, "suspend", active, paused, _confirmed="1")

    assert "Done for 1 entry." in html
    assert "cannot become" in html
    states = dict(Enrollment.objects.values_list("pk", "status"))
    assert states == {active.pk: "suspended", paused.pk: "paused"}
    assert active.changes.get().by == course.owner


def test_instructor_cannot_act_on_places_of_other_courses(client, course):
    elsewhere = EnrollmentFactory()
    client.force_login(course.owner)
    act(client, "withdraw", elsewhere, _confirmed="1")
    elsewhere.refresh_from_db()
    assert elsewhere.status == "active"
    assert client.get(f"{LIST}{elsewhere.pk}/change/").status_code == 404


def test_admin_puts_somebody_on_a_course_and_a_full_one_refuses(client, course):
    admin = UserFactory(admin=True)
    students = UserFactory.create_batch(3)
    client.force_login(admin)
    for student in students:
        page = client.post(
            f"{LIST}add/", {"course": str(course.pk), "student": str(student.pk)}, follow=True
        )
    assert "All 2 seats are taken." in page.content.decode()
    assert {place.student for place in Enrollment.objects.all()} == set(students[:2])
    assert {change.by for place in Enrollment.objects.all() for change in place.changes.all()} == {
        admin
    }


def test_nothing_is_edited_or_deleted(client, course):
    place = EnrollmentFactory(course=course)
    client.force_login(UserFactory(admin=True))
    page = client.get(f"{LIST}{place.pk}/change/").content.decode()
    assert 'name="status"' not in page
    client.post(f"{LIST}{place.pk}/change/", {"status": "completed", "percent": "100"})
    assert client.post(f"{LIST}{place.pk}/delete/").status_code == 403
    place.refresh_from_db()
    assert (place.status, place.percent) == ("active", 0)
