"""The page about somebody's place on a course: everything that belongs to it, for those who look after the course."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from courses.tests.factories import CourseFactory
from enrollments import services
from enrollments.models import Section, SectionMember, WaitlistEntry
from enrollments.tests.factories import EnrollmentFactory
from users.tests.factories import UserFactory

NOW = timezone.now()


@pytest.fixture
def course(organization):
    return CourseFactory(published=True, max_capacity=1)


def page_about(client, course, enrollment):
    client.force_login(course.owner)
    answer = client.get(f"/courses/{course.slug}/people/{enrollment.pk}/")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_history_tells_of_the_waitlist_between_the_steps_of_the_place(client, course):
    first, second = UserFactory.create_batch(2)
    left = services.enroll(course.pk, second, by=second, now=NOW)
    services.withdraw(left.pk, by=second, now=NOW + timedelta(hours=1))
    place = services.enroll(course.pk, first, by=first, now=NOW + timedelta(hours=2))
    services.join_waitlist(course.pk, second, by=second, now=NOW + timedelta(hours=3))
    entry = WaitlistEntry.objects.get()
    services.set_priority(entry.pk, 0, by=course.owner, now=NOW, reason="A promise of last year")
    services.withdraw(place.pk, by=first, now=NOW + timedelta(hours=4))
    services.accept_offer(entry.pk, by=second, now=NOW + timedelta(hours=5))

    text = page_about(client, course, left)

    history = text[text.rindex("History") :]
    steps = [
        "Waitlist: On the course",
        "Withdrawn → Active",
        "Waitlist: Seat offered",
        "Waitlist: Waiting",
        "Active → Withdrawn",
        "Waitlist: moved, priority 1 → 0",
        "A promise of last year",
    ]
    assert [step for step in steps if step not in history] == []
    assert history.index(steps[2]) < history.index(steps[4])


def test_request_and_section_are_told(client, course):
    enrollment = EnrollmentFactory(course=course, request_message="I teach tea next year.")
    section = Section.objects.create(course=course, title="Evening group")
    SectionMember.objects.create(section=section, enrollment=enrollment, student=enrollment.student)

    text = page_about(client, course, enrollment)

    assert "Message of the request I teach tea next year." in text
    assert "Section Evening group" in text


def test_nothing_is_said_where_there_is_nothing(client, course):
    text = page_about(client, course, EnrollmentFactory(course=course))
    for label in ("Message of the request", "Section", "Certificate", "Invoice"):
        assert f" {label} " not in text


@pytest.mark.parametrize("turns", [1, 3])
def test_number_of_queries_does_not_grow_with_the_history(
    client, course, turns, django_assert_num_queries
):
    enrollment = EnrollmentFactory(course=course)
    for _turn in range(turns):
        services.pause(enrollment.pk, by=enrollment.student, now=NOW)
        services.resume(enrollment.pk, by=enrollment.student, now=NOW)
    page_about(client, course, enrollment)  # the disclosure is written down, once a day
    with django_assert_num_queries(13):
        client.get(f"/courses/{course.slug}/people/{enrollment.pk}/")


def test_suspended_student_reads_why_on_the_page_of_the_course(client, course):
    enrollment = EnrollmentFactory(course=course)
    services.suspend(enrollment.pk, by=course.owner, now=NOW, reason="The homework was copied.")
    client.force_login(enrollment.student)

    page = client.get(f"/courses/{course.slug}/").content.decode()

    assert "The homework was copied." in page
    assert "You cannot enroll now" not in page
