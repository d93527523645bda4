"""The page on which a course's staff is seen and chosen."""

import re

import pytest
from django.utils import timezone

from courses import staff_page
from courses.models import CourseStaff, RoleAssignment
from courses.tests.counting import statements
from courses.tests.factories import (
    CourseFactory,
    CourseStaffFactory,
    RoleAssignmentFactory,
    RoleFactory,
)
from tenancy.models import SecurityEvent
from users.models import Permission
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def course(organization):
    return CourseFactory(published=True, slug="knots", title="Knots")


def url(course, rest=""):
    return f"/courses/{course.slug}/staff/{rest}"


def test_page_lists_owner_co_instructors_and_roles_with_who_gave_them(client, course):
    helper = CourseStaffFactory(course=course, user__first_name="Grace").user
    assistant = UserFactory(first_name="Alan")
    role = RoleFactory(name="Assistant", permissions=[Permission.ENROLLMENT_SEE])
    RoleAssignmentFactory(role=role, user=assistant, course=course, given_by=course.owner)
    elsewhere = RoleAssignmentFactory(role=role, course=CourseFactory(), user__first_name="Eve")
    client.force_login(course.owner)
    page = client.get(url(course)).content.decode()
    for text in (str(course.owner), str(helper), str(assistant), "Co-instructor", "Assistant"):
        assert text in page
    assert f"by {course.owner}" in page
    assert str(elsewhere.user) not in page


def test_course_without_helpers_says_so(client, course):
    client.force_login(course.owner)
    assert "Nobody else yet" in client.get(url(course)).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_constant(client, course, count, django_assert_max_num_queries):
    role = RoleFactory(permissions=[Permission.ENROLLMENT_SEE])
    CourseStaffFactory.create_batch(count, course=course)
    RoleAssignmentFactory.create_batch(count, role=role, course=course)
    RoleFactory.create_batch(count, permissions=[Permission.COURSE_EDIT])
    client.force_login(course.owner)
    with django_assert_max_num_queries(30) as captured:
        page = client.get(url(course)).content.decode()
    assert page.count("/remove/") == 2 * count
    assert len(statements(captured)) == 7


def test_long_list_is_paged_both_ways(client, course, monkeypatch):
    monkeypatch.setattr(staff_page, "STAFF_PER_PAGE", 2)
    entries = [str(CourseStaffFactory(course=course).pk) for _ in range(5)]
    client.force_login(course.owner)

    def page_at(query):
        page = client.get(url(course) + query).content.decode()
        links = dict(re.findall(r'rel="(next|prev)" href="([^"]*)"', page))
        return re.findall(r"/staff/([^/]*)/remove/", page), links

    seen, links = page_at("")
    while "next" in links:
        more, links = page_at(links["next"])
        seen += more
    assert seen == entries
    assert page_at(links["prev"])[0] == entries[2:4]


def test_owner_adds_a_co_instructor_by_email(client, course):
    colleague = UserFactory(instructor=True, email="grace@example.org")
    client.force_login(course.owner)
    answer = client.post(url(course), {"person": " Grace@Example.org ", "role": "co_instructor"})
    assert answer.status_code == 302
    assert CourseStaff.objects.get(course=course).user == colleague
    event = SecurityEvent.objects.get(kind="role_changed")
    assert (event.user_id, event.details["change"]) == (colleague.pk, "given")


def test_owner_gives_a_role_that_reaches_no_further_than_their_own(client, course):
    assistant = RoleFactory(name="Assistant", permissions=[Permission.ENROLLMENT_SEE])
    RoleFactory(name="Registrar", permissions=[Permission.PERSON_MANAGE, Permission.ENROLLMENT_SEE])
    RoleFactory(name="Archivist", permissions=[Permission.SUBJECT_MANAGE])
    student = UserFactory(username="alan")
    client.force_login(course.owner)
    page = client.get(url(course)).content.decode()
    assert "Assistant" in page
    assert "Registrar" not in page
    assert "Archivist" not in page
    client.post(url(course), {"person": "alan", "role": str(assistant.pk)})
    held = RoleAssignment.objects.get()
    assert (held.user, held.role, held.course, held.given_by) == (
        student,
        assistant,
        course,
        course.owner,
    )


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ({"person": "nobody_here", "role": "co_instructor"}, "Nobody here has this username"),
        ({"person": "a_student", "role": "co_instructor"}, "neither instructor nor admin"),
        ({"person": "", "role": "co_instructor"}, "This field is required"),
        ({"person": "a_student", "role": "unknown"}, "Select a valid choice"),
        ({"person": "a\x00b", "role": "co_instructor"}, "person"),
        ({"person": "x" * 100_000, "role": "co_instructor"}, "at most 254"),
    ],
)
def test_what_cannot_be_added_is_said_beside_the_field(client, course, form, text):
    UserFactory(username="a_student")
    client.force_login(course.owner)
    answer = client.post(url(course), form)
    assert answer.status_code == 200
    assert text in answer.content.decode()
    assert not CourseStaff.objects.exists()


def test_removal_asks_first_and_then_takes_it_away(client, course):
    entry = CourseStaffFactory(course=course)
    held = RoleAssignmentFactory(
        role=RoleFactory(permissions=[Permission.ENROLLMENT_SEE]), course=course
    )
    client.force_login(course.owner)
    for row in (entry, held):
        path = url(course, f"{row.pk}/remove/")
        assert f"Remove {row.user}?" in client.get(path).content.decode()
        assert client.post(path).status_code == 302
        assert client.get(path).status_code == 404
    assert not CourseStaff.objects.exists()
    assert not RoleAssignment.objects.exists()


def test_removal_that_is_not_ones_own_to_decide_says_why(client, course):
    role = RoleFactory(permissions=[Permission.PERSON_MANAGE, Permission.ENROLLMENT_SEE])
    held = RoleAssignmentFactory(role=role, course=course)
    client.force_login(course.owner)
    path = url(course, f"{held.pk}/remove/")
    for answer in (client.get(path), client.post(path)):
        assert "You do not hold this yourself" in answer.content.decode()
    assert RoleAssignment.objects.filter(pk=held.pk).exists()


def test_entry_of_another_course_is_not_there(client, course):
    entry = CourseStaffFactory()
    client.force_login(course.owner)
    assert client.get(url(course, f"{entry.pk}/remove/")).status_code == 404
    assert client.post(url(course, f"{entry.pk}/remove/")).status_code == 404
    assert CourseStaff.objects.filter(pk=entry.pk).exists()


def test_course_is_handed_over_and_the_former_owner_stays_as_helper(client, course):
    former, following = course.owner, UserFactory(instructor=True, username="grace")
    client.force_login(former)
    assert "next owner" in client.get(url(course, "hand-over/")).content.decode()
    assert client.post(url(course, "hand-over/"), {"person": "grace"}).status_code == 302
    course.refresh_from_db()
    assert course.owner == following
    assert CourseStaff.objects.get(course=course).user == former
    assert client.get(url(course, "hand-over/")).status_code == 404


def test_a_student_cannot_become_the_owner(client, course):
    UserFactory(username="alan")
    client.force_login(course.owner)
    answer = client.post(url(course, "hand-over/"), {"person": "alan"})
    assert "cannot teach a course" in answer.content.decode()


def test_role_to_choose_staff_neither_hands_the_course_over_nor_makes_one_a_teacher(client, course):
    chooser = UserFactory(instructor=True, username="chooser")
    role = RoleFactory(permissions=[Permission.COURSE_STAFF])
    RoleAssignmentFactory(role=role, user=chooser, course=course)
    client.force_login(chooser)
    assert client.get(url(course)).status_code == 200
    assert client.get(url(course, "hand-over/")).status_code == 404
    for username in ("chooser", course.owner.username):
        answer = client.post(url(course), {"person": username, "role": "co_instructor"})
        assert answer.status_code in (200, 302)
    assert not CourseStaff.objects.exists()


def test_suggestions_name_those_who_teach_and_all_only_for_who_sees_accounts(client, course):
    UserFactory(username="gracestudent", first_name="Grace")
    UserFactory(username="graceteacher", first_name="Grace", instructor=True)
    path = url(course, "suggestions/?person=gra")
    client.force_login(course.owner)
    page = client.get(path).content.decode()
    assert "graceteacher" in page
    assert "gracestudent" not in page
    client.force_login(UserFactory(admin=True))
    assert "gracestudent" in client.get(path).content.decode()


@pytest.mark.parametrize("text", ["", "g", "%00", "a%ED%A0%80", "x" * 5000])
def test_suggestions_survive_anything(client, course, text):
    client.force_login(course.owner)
    answer = client.get(url(course, f"suggestions/?person={text}"))
    assert (answer.status_code, answer.content.decode().count("<option")) == (200, 0)


@pytest.mark.parametrize("rest", ["", "suggestions/", "hand-over/"])
def test_who_does_not_look_after_the_course_finds_no_such_page(client, course, rest):
    for person in (UserFactory(), UserFactory(instructor=True)):
        client.force_login(person)
        assert client.get(url(course, rest)).status_code == 404


def test_who_only_sees_people_sees_the_staff_and_changes_nothing(client, course):
    assistant = UserFactory()
    role = RoleFactory(permissions=[Permission.ENROLLMENT_SEE])
    RoleAssignmentFactory(role=role, user=assistant, course=course)
    entry = CourseStaffFactory(course=course)
    client.force_login(assistant)
    page = client.get(url(course)).content.decode()
    assert str(entry.user) in page
    assert "/remove/" not in page
    assert course.owner.email not in page
    assert client.post(url(course), {"person": "x", "role": "co_instructor"}).status_code == 404
    assert client.post(url(course, f"{entry.pk}/remove/")).status_code == 404
    assert CourseStaff.objects.filter(pk=entry.pk).exists()
