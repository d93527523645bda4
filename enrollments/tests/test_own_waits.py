"""Somebody who waits for a seat finds the course on their own pages, once."""

import re

import pytest
from django.utils import timezone

from courses.tests.factories import CourseFactory
from enrollments import services
from enrollments.models import WaitlistEntry
from enrollments.tests.factories import EnrollmentFactory
from users.tests.factories import UserFactory

NOW = timezone.now()


@pytest.fixture
def course(organization):
    course = CourseFactory(published=True, title="Tea", enrollment_type="approval", max_capacity=1)
    EnrollmentFactory(course=course, approved=True)
    return course


@pytest.fixture
def student(client, organization):
    student = UserFactory()
    client.force_login(student)
    return student


def accepted(course, student):
    """Somebody whose request was approved when no seat was free."""
    asked = EnrollmentFactory(
        course=course,
        student=student,
        status="pending",
        approval_requested_at=NOW,
        enrolled_at=None,
    )
    services.approve(asked.pk, by=course.owner, now=NOW)
    return WaitlistEntry.objects.get(student=student)


def text_of(client, path):
    html = client.get(path).content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


@pytest.mark.parametrize("path", ["/", "/my/courses/"])
def test_accepted_student_waits_for_a_seat_and_not_for_approval(client, course, student, path):
    accepted(course, student)
    text = text_of(client, path)
    assert "Waiting for a seat Tea On the waitlist" in text
    assert "Waiting for approval" not in text
    assert text.count("Tea") == 1


def test_accepted_student_who_gave_the_seat_away_still_finds_the_course(client, course, student):
    entry = accepted(course, student)
    services.leave_waitlist(entry.pk, by=student, now=NOW)
    assert "Tea Accepted, but without a seat" in text_of(client, "/my/courses/")


def test_request_waits_for_approval(client, course, student):
    EnrollmentFactory(
        course=course,
        student=student,
        status="pending",
        approval_requested_at=NOW,
        enrolled_at=None,
    )
    assert "Tea Waiting for approval" in text_of(client, "/my/courses/")


@pytest.mark.parametrize(("state", "shown"), [("learning", True), ("completed", False)])
def test_waits_stand_beside_what_is_learned(client, course, student, state, shown):
    services.join_waitlist(course.pk, student, by=student, now=NOW)
    text = text_of(client, f"/my/courses/?state={state}")
    assert ("Waiting for a seat" in text) == shown
    assert "No course at the moment" not in text


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("open", "You can enroll again as long as a seat is free."),
        ("approval", "To come back, you have to ask for a place again."),
        ("restricted", "To come back, you need to be invited again."),
    ],
)
def test_question_before_leaving_says_how_one_comes_back(client, student, kind, said):
    course = CourseFactory(published=True, enrollment_type=kind, max_capacity=5)
    EnrollmentFactory(course=course, student=student, approved=kind == "approval")
    assert said in text_of(client, f"/courses/{course.slug}/withdraw/")
