"""Sections of a course: their seats, dates and teachers, and who is in them."""

import functools
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.errors import CannotTeach
from courses.tests.factories import CourseFactory
from enrollments import services
from enrollments.models import Enrollment, Section, SectionMember, SectionStaff
from enrollments.services.expiry import move_end
from enrollments.services.sections import (
    delete_section,
    put_in_section,
    save_section,
    take_out_of_sections,
)
from enrollments.standing import standing_of
from enrollments.tests.factories import EnrollmentFactory
from enrollments.tests.racing import race
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization
from users.tests.factories import UserFactory

NOW = timezone.now().replace(microsecond=0)
DAY = timedelta(days=1)
WHO = {"by": None, "now": NOW}
Status = Enrollment.Status


@pytest.fixture
def course(organization):
    return CourseFactory(published=True)


def section_of(course, title="Autumn", staff=(), **fields):
    return save_section(Section(course=course, title=title, **fields), staff=staff, **WHO)


def put(section, *enrollments):
    return put_in_section(section, [enrollment.pk for enrollment in enrollments], **WHO)


def taken(section):
    return Section.objects.get(pk=section.pk).taken


# Seats


def test_seats_of_a_section_are_never_oversold(course):
    section = section_of(course, max_capacity=2)
    people = EnrollmentFactory.create_batch(3, course=course)

    assert put(section, *people) == (2, 1)
    assert put(section, *people) == (2, 1)  # a repeat changes nothing
    assert (taken(section), SectionMember.objects.count()) == (2, 2)


def test_lowering_the_seats_puts_nobody_out(course):
    section = section_of(course)
    put(section, *EnrollmentFactory.create_batch(2, course=course))
    section.max_capacity = 1
    save_section(section, **WHO)

    assert taken(section) == 2
    assert put(section, EnrollmentFactory(course=course)) == (0, 1)


def test_who_goes_to_another_section_leaves_the_first(course):
    first, second = section_of(course, "A", max_capacity=1), section_of(course, "B")
    ada, bob = EnrollmentFactory.create_batch(2, course=course)
    put(first, ada)
    put(second, ada)

    assert (taken(first), taken(second)) == (0, 1)
    assert put(first, bob) == (1, 0)
    assert take_out_of_sections([ada.pk, bob.pk], **WHO) == 2
    assert (taken(first), taken(second)) == (0, 0)


def test_who_leaves_the_course_leaves_the_section(course):
    section = section_of(course)
    enrollment = EnrollmentFactory(course=course)
    put(section, enrollment)

    services.pause(enrollment.pk, by=enrollment.student, now=NOW)
    assert taken(section) == 1
    services.withdraw(enrollment.pk, by=enrollment.student, now=NOW)
    assert taken(section) == 0


def test_only_people_with_a_seat_on_the_course_are_put_into_it(course):
    section = section_of(course)
    other, gone = EnrollmentFactory(), EnrollmentFactory(course=course, status=Status.WITHDRAWN)
    assert put(section, other, gone) == (0, 2)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"title": "Autumn"}, "enrollments_section_title_once"),
        (
            {"title": "B", "starts_at": NOW, "ends_at": NOW},
            "enrollments_section_ends_after_start",
        ),
        ({"title": "B", "max_capacity": 0}, "enrollments_section_capacity_positive"),
    ],
)
def test_database_refuses_what_no_section_can_be(course, fields, constraint):
    section_of(course)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Section.objects.create(course=course, **fields)
    with pytest.raises(ValidationError):
        save_section(Section(course=course, **fields), **WHO)


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_last_seat_at_once_end_with_one():
    school = found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)
    with organization_context(school):
        course = CourseFactory(published=True)
        section = section_of(course, max_capacity=3)
        people = EnrollmentFactory.create_batch(8, course=course)

    results = race(school, [functools.partial(put, section, person) for person in people])

    assert sorted(results) == [(0, 1)] * 5 + [(1, 0)] * 3
    with organization_context(school):
        assert (taken(section), SectionMember.objects.count()) == (3, 3)


# Dates


def test_access_ends_with_the_section_but_for_who_has_an_end_of_their_own(course):
    section = section_of(course, ends_at=NOW + 30 * DAY)
    ada, bob = EnrollmentFactory.create_batch(2, course=course)
    put(section, ada, bob)
    move_end(bob.pk, NOW + 90 * DAY, **WHO)

    section.ends_at = NOW + 40 * DAY
    save_section(section, **WHO)

    ends = Enrollment.objects.in_bulk([ada.pk, bob.pk])
    assert ends[ada.pk].expires_at == NOW + 40 * DAY
    assert ends[bob.pk].expires_at == NOW + 90 * DAY
    delete_section(section, **WHO)
    assert Enrollment.objects.get(pk=ada.pk).expires_at == NOW + 40 * DAY


def test_another_end_of_a_section_is_nobody_elses(course):
    ends_at = NOW + 30 * DAY
    section, other = (section_of(course, title, ends_at=ends_at) for title in "AB")
    ada, bob = EnrollmentFactory.create_batch(2, course=course)
    put(section, ada)
    put(other, bob)

    section.ends_at = NOW + 40 * DAY
    save_section(section, **WHO)

    assert Enrollment.objects.get(pk=bob.pk).expires_at == ends_at


def test_standing_knows_when_the_section_begins(course):
    enrollment = EnrollmentFactory(course=course)
    assert standing_of(enrollment.student, course.pk).begins_at is None
    put(section_of(course, starts_at=NOW), enrollment)
    assert standing_of(enrollment.student, course.pk).begins_at == NOW


# Teachers


def test_only_teachers_look_after_a_section(course):
    with pytest.raises(CannotTeach):
        section_of(course, staff=[UserFactory()])


def test_another_teacher_of_a_section_leaves_those_of_others(course):
    first, second, third = UserFactory.create_batch(3, instructor=True)
    section, other = section_of(course, "A", [first, second]), section_of(course, "B", [first])

    save_section(section, staff=[second, third], **WHO)

    taught = SectionStaff.objects.values_list("section", "user")
    assert set(taught) == {
        (section.pk, second.pk),
        (section.pk, third.pk),
        (other.pk, first.pk),
    }


@pytest.mark.parametrize("visibility", ["public", "private"])
def test_teacher_of_a_section_sees_its_people_alone(client, course, visibility):
    type(course).objects.update(visibility=visibility)
    teacher = UserFactory(instructor=True)
    section = section_of(course, staff=[teacher])
    mine, other = EnrollmentFactory.create_batch(2, course=course)
    put(section, mine)
    client.force_login(teacher)
    people = f"/courses/{course.slug}/people/"

    html = client.get(people).content.decode()
    assert mine.student.email in html
    assert other.student.email not in html
    assert other.student.email not in client.get(people, {"status": "active"}).content.decode()
    assert client.get(f"{people}{mine.pk}/").status_code == 200
    assert client.get(f"{people}{other.pk}/").status_code == 404
    assert client.post(f"{people}{mine.pk}/", {"action": "withdraw"}).status_code == 403
    for ending in ("write/?all=1", "access/?all=1", "export.csv?all=1", "sections/"):
        assert client.get(f"{people}{ending}").status_code in (403, 404)

    save_section(section, staff=[], **WHO)
    assert client.get(people).status_code in (403, 404)


# Pages


def test_staff_make_fill_change_and_take_away_a_section(client, course):
    teacher, enrollment = UserFactory(instructor=True), EnrollmentFactory(course=course)
    client.force_login(course.owner)
    people = f"/courses/{course.slug}/people/"
    fields = {"title": "Autumn", "max_capacity": "5", "teachers": f"{teacher.username}, "}

    assert "No sections yet" in client.get(f"{people}sections/").content.decode()
    assert client.post(f"{people}sections/new/", fields).status_code == 302
    section = Section.objects.get()
    assert [member.user for member in section.staff.all()] == [teacher]

    put_there = f"{people}section/?id={enrollment.pk}"
    assert "Put 1 person into a section" in client.get(put_there).content.decode()
    assert client.post(put_there, {"section": section.pk}).status_code == 302
    assert taken(section) == 1
    assert enrollment.student.email in client.get(people, {"section": section.pk}).content.decode()
    assert client.post(put_there, {"section": ""}).status_code == 302
    assert taken(section) == 0

    own = f"{people}sections/{section.pk}/"
    assert client.post(own, fields | {"title": "Winter"}).status_code == 302
    assert "Winter" in client.get(f"{people}sections/").content.decode()
    assert "Take “Winter” away?" in client.get(f"{own}delete/").content.decode()
    assert client.post(f"{own}delete/").status_code == 302
    assert not Section.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": "Autumn"}, "called so"),
        ({"title": ""}, "required"),
        ({"title": "\x00"}, "control"),
        ({"title": "B", "starts_at": "2027-02-01T10:00", "ends_at": "2027-01-01T10:00"}, "after"),
        ({"title": "B", "starts_at": "0001-01-01T00:00"}, "too far away"),
        ({"title": "B", "max_capacity": "0"}, "greater than or equal to 1"),
        ({"title": "B", "teachers": "nobody-at-all"}, "nobody called"),
    ],
)
def test_section_that_cannot_be_is_refused_beside_its_field(client, course, fields, said):
    section_of(course)
    client.force_login(course.owner)
    html = client.post(f"/courses/{course.slug}/people/sections/new/", fields).content.decode()
    assert said in html
    assert Section.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_sections_takes_as_many_queries_for_one_as_for_three(
    client, course, count, django_assert_max_num_queries
):
    for number in range(count):
        section_of(course, f"S{number}", staff=[UserFactory(instructor=True)])
    client.force_login(course.owner)
    address = f"/courses/{course.slug}/people/sections/"
    client.get(address)
    with django_assert_max_num_queries(8):
        client.get(address)
