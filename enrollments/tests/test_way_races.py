"""Codes, invitations and answers under many hands at once; and the races are real where nothing guards them."""

import functools
import threading

import pytest
from django.db import transaction
from django.utils import timezone

from courses.tests.factories import CourseFactory, CourseStaffFactory
from enrollments import services
from enrollments.models import Enrollment, Invitation, JoinCode
from enrollments.services import codes, invitations
from enrollments.standing import standing_of
from enrollments.tests.racing import race
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
STUDENTS, USES = 12, 5


@pytest.fixture
def school():
    return found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)


@pytest.fixture
def course(school):
    with organization_context(school):
        return CourseFactory(published=True, enrollment_type="approval", waitlist_enabled=False)


def join(code, student):
    return codes.join_by_code(code.code, student, now=NOW, client_ip="").enrollment


def a_code(school, course, students):
    with organization_context(school):
        code = codes.make_code(course.pk, by=course.owner, now=NOW, max_uses=USES, ends_at=None)
        return code, UserFactory.create_batch(students)


def on_course(school, course):
    with organization_context(school):
        used = JoinCode.objects.get().used_count
        return Enrollment.objects.filter(course=course).holding_seats().count(), used


def test_code_lets_in_as_many_as_it_may(school, course):
    code, students = a_code(school, course, STUDENTS)
    results = race(school, [functools.partial(join, code, student) for student in students])
    refused = [result for result in results if isinstance(result, Exception)]
    assert {error.decision.code for error in refused} == {"code_over"}
    assert on_course(school, course) == (USES, USES)


def test_looking_at_a_code_without_holding_it_lets_too_many_in(school, course):
    code, students = a_code(school, course, STUDENTS)
    everybody_looked = threading.Barrier(STUDENTS)

    def look_then_come(student):
        is_open = JoinCode.objects.get(pk=code.pk).is_open(NOW)
        everybody_looked.wait(timeout=30)
        if is_open:
            services.place(course.pk, student, by=course.owner, now=NOW)

    race(school, [functools.partial(look_then_come, student) for student in students])
    with organization_context(school):
        assert Enrollment.objects.count() == STUDENTS > USES


def test_double_click_uses_a_code_once(school, course):
    code, [student] = a_code(school, course, 1)
    results = race(school, [functools.partial(join, code, student)] * 6)
    assert len({result.pk for result in results}) == 1
    assert on_course(school, course) == (1, 1)


def test_double_click_on_an_invitation_gives_one_place(school, course):
    with organization_context(school):
        ada = UserFactory(email="ada@mail.example", email_verified_at=NOW)
        invitations.invite(course, [ada.email], by=course.owner, now=NOW)

    def click():
        return services.enroll(course.pk, ada, by=ada, now=NOW)

    results = race(school, [click] * 6)
    assert all(isinstance(result, Enrollment) for result in results), results
    assert len({result.pk for result in results}) == 1
    with organization_context(school):
        assert Enrollment.objects.get().status == "active"
        assert Invitation.objects.get().accepted_by == ada


def test_invitation_is_either_taken_up_or_revoked(school, course):
    with organization_context(school):
        ada = UserFactory(email="ada@mail.example", email_verified_at=NOW)
        [invitation] = invitations.invite(course, [ada.email], by=course.owner, now=NOW).sent

    def click():
        return services.enroll(course.pk, ada, by=ada, now=NOW)

    def revoke():
        return invitations.revoke(course, invitation.pk, now=NOW)

    race(school, [click, revoke])
    with organization_context(school):
        invitation.refresh_from_db()
        is_on = Enrollment.objects.holding_seats().exists()
    assert is_on == (invitation.accepted_at is not None)
    assert is_on != (invitation.revoked_at is not None)


def test_two_answers_at_once_end_in_one_and_the_other_is_told(school, course):
    with organization_context(school):
        helper = CourseStaffFactory(course=course).user
        student = UserFactory()
        standing = standing_of(student, course.pk)
        place = services.request_place(standing, by=student, now=NOW)

    def approve():
        return services.approve(place.pk, by=course.owner, now=NOW)

    def reject():
        return services.reject(place.pk, by=helper, now=NOW, reason="No.")

    results = race(school, [approve, reject])
    assert sorted(type(result).__name__ for result in results) == ["AlreadyDecided", "Enrollment"]
    with organization_context(school):
        place.refresh_from_db()
        assert place.status in ("active", "rejected")
        assert place.changes.count() == 2


def test_looking_at_a_request_without_holding_it_answers_it_twice(school, course):
    with organization_context(school):
        student = UserFactory()
        place = services.request_place(standing_of(student, course.pk), by=student, now=NOW)
    both_looked = threading.Barrier(2)

    def answer(status):
        is_waiting = Enrollment.objects.get(pk=place.pk).is_waiting_for_answer
        both_looked.wait(timeout=30)
        if is_waiting:
            with transaction.atomic():
                Enrollment.objects.filter(pk=place.pk).update(rejection_reason=status)
        return is_waiting

    assert race(school, [functools.partial(answer, text) for text in ("yes", "no")]) == [True, True]
