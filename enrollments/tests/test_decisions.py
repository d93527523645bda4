"""Who may enroll, and the reason for everybody else."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from courses.models import Course, CoursePrerequisite
from courses.tests.factories import CourseFactory, CourseStaffFactory
from enrollments import decisions
from enrollments.decisions import can_enroll, decide_enrollment
from enrollments.models import Enrollment
from enrollments.tests.factories import EnrollmentFactory
from users.models import User
from users.tests.factories import UserFactory

NOW = timezone.now()


def code(user, course):
    return decide_enrollment(user, course, now=NOW).code


@pytest.fixture
def student(organization):
    return UserFactory()


@pytest.fixture
def course(organization):
    return CourseFactory(published=True)


def test_student_may_enroll_on_an_open_course(student, course):
    assert can_enroll(student, course, now=NOW) == {
        "allowed": True,
        "message": "Allowed.",
        "reasons": [],
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "draft"}, "not_published"),
        ({"status": "archived"}, "archived"),
        ({"deleted_at": NOW}, "not_published"),
        ({"visibility": "private"}, "private"),
        ({"enrollment_type": "approval"}, "approval"),
        ({"enrollment_type": "restricted"}, "restricted"),
        ({"price": Decimal("9.90")}, "payment"),
        ({"price": Decimal("0")}, ""),
    ],
)
def test_course_decides(student, fields, expected):
    assert (
        code(student, CourseFactory(published=True, **{"published_at": NOW} | fields)) == expected
    )


def test_visitor_is_asked_to_sign_in(course):
    decision = decide_enrollment(AnonymousUser(), course, now=NOW)
    assert decision.code == "sign_in"
    assert decision.reason.url.endswith(f"?next=/courses/{course.slug}/")


@pytest.mark.parametrize(
    ("role", "expected"),
    [("student", ""), ("instructor", ""), ("guest", "guest_account"), ("admin", "teaches")],
)
def test_role_decides(course, role, expected):
    assert code(UserFactory(role=role), course) == expected


def test_those_who_teach_a_course_take_no_seat(course):
    helper = CourseStaffFactory(course=course).user
    assert {code(course.owner, course), code(helper, course)} == {"teaches"}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("pending", "already_pending"),
        ("active", "already_active"),
        ("paused", "already_paused"),
        ("suspended", "already_suspended"),
        ("completed", "already_completed"),
        ("withdrawn", ""),
        ("rejected", ""),
        ("expired", ""),
    ],
)
def test_state_of_an_earlier_enrollment_decides(student, course, state, expected):
    EnrollmentFactory(
        course=course,
        student=student,
        status=state,
        approval_requested_at=NOW,
        completed_at=NOW if state == "completed" else None,
    )
    assert code(student, course) == expected


def test_prerequisite_is_named_and_linked_until_it_is_completed(student, course):
    basics = CourseFactory(published=True, title="Basics")
    CoursePrerequisite.objects.create(course=course, required_course=basics)

    decision = decide_enrollment(student, course, now=NOW)
    assert (decision.code, decision.reason.url) == ("prerequisites", f"/courses/{basics.slug}/")
    assert "“Basics”" in decision.message

    enrollment = EnrollmentFactory(course=basics, student=student)
    assert code(student, course) == "prerequisites"
    Enrollment.objects.filter(pk=enrollment.pk).update(status="completed", completed_at=NOW)
    assert code(student, course) == ""


def test_full_course_says_how_many_seats_there_were(student):
    course = CourseFactory(published=True, max_capacity=2)
    EnrollmentFactory.create_batch(2, course=course)
    decision = decide_enrollment(student, course, now=NOW)
    assert (decision.code, decision.message) == ("full", "All 2 seats are taken.")


def test_first_objection_in_the_order_of_the_steps_is_the_answer(student):
    course = CourseFactory(status="draft", visibility="private", max_capacity=1, price=5)
    EnrollmentFactory(course=course)
    order = []
    for fields in (
        {"status": "published", "published_at": NOW},
        {"visibility": "public"},
        {"price": None},
        {"max_capacity": 3},
    ):
        order.append(code(student, course))
        Course.objects.filter(pk=course.pk).update(**fields)
    assert [*order, code(student, course)] == ["not_published", "private", "payment", "full", ""]


def test_another_check_plugs_into_a_step(student, course, monkeypatch):
    monkeypatch.setitem(decisions._checks, "capacity", [])

    @decisions.asks("capacity")
    def only_later(standing, now):
        return decisions.Reason("later", "Later.") if now < NOW + timedelta(days=1) else None

    assert code(student, course) == "later"
    assert decide_enrollment(student, course, now=NOW + timedelta(days=2))


def test_decision_takes_one_query(student, course, django_assert_num_queries):
    with django_assert_num_queries(1):
        decide_enrollment(student, course, now=NOW)


def test_role_table_is_complete():
    assert set(User.Role.values) == {"student", "instructor", "guest", "admin"}
