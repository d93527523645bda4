"""Every change of an enrollment: what it does, when it refuses, and that a repeat is harmless."""

import pytest
from django.utils import timezone

from courses.models import CourseSeats
from courses.tests.factories import CourseFactory
from enrollments import services
from enrollments.models import Enrollment, EnrollmentChange
from enrollments.signals import enrollment_activated, enrollment_withdrawn
from enrollments.standing import standing_of
from enrollments.tests.factories import EnrollmentFactory
from tenancy.context import organization_context
from users.tests.factories import UserFactory

NOW = timezone.now()


@pytest.fixture
def student(organization):
    return UserFactory()


@pytest.fixture
def course(organization):
    return CourseFactory(published=True, max_capacity=2)


@pytest.fixture
def heard():
    facts = []

    def activated(sender, *, enrollment, by, **kwargs):
        facts.append(("activated", enrollment.pk))

    def withdrawn(sender, *, enrollment, by, **kwargs):
        facts.append(("withdrawn", enrollment.pk))

    enrollment_activated.connect(activated)
    enrollment_withdrawn.connect(withdrawn)
    yield facts
    enrollment_activated.disconnect(activated)
    enrollment_withdrawn.disconnect(withdrawn)


def steps(enrollment):
    changes = EnrollmentChange.objects.filter(enrollment=enrollment).order_by("created_at", "id")
    return list(changes.values_list("from_status", "to_status", "by"))


def taken(course):
    return CourseSeats.objects.get(course=course).taken


def test_enroll_takes_a_seat_and_begins_the_history(course, student, heard):
    enrollment = services.enroll(course.pk, student, by=student, now=NOW)

    stored = Enrollment.objects.get()
    assert (stored.pk, stored.student, stored.course) == (enrollment.pk, student, course)
    assert (stored.status, stored.enrolled_at) == ("active", NOW)
    assert steps(stored) == [("", "active", student.pk)]
    assert heard == [("activated", stored.pk)]
    assert taken(course) == 1


def test_enrolling_again_changes_nothing(course, student, heard):
    first = services.enroll(course.pk, student, by=student, now=NOW)
    again = services.enroll(course.pk, student, by=student, now=NOW)

    assert again.pk == first.pk
    assert (EnrollmentChange.objects.count(), taken(course), len(heard)) == (1, 1, 1)


def test_enroll_needs_few_statements(course, student, django_assert_num_queries):
    student.has_preview_work = False  # as a request reads it with the person
    with django_assert_num_queries(2):  # standing, claim
        services.enroll(course.pk, student, by=student, now=NOW)


def test_student_enrolls_while_only_their_own_rows_are_seen(organization, course, student):
    EnrollmentFactory(course=course)
    with organization_context(organization, actor=student, using_private_rows_of=student):
        services.enroll(course.pk, student, by=student, now=NOW)
    assert taken(course) == 2


def test_full_course_refuses_and_the_transaction_goes_on(course, student):
    EnrollmentFactory.create_batch(2, course=course)
    with pytest.raises(services.EnrollmentRefused) as refused:
        services.enroll(course.pk, student, by=student, now=NOW)
    assert refused.value.decision.code == "full"
    assert Enrollment.objects.count() == 2


def test_seat_that_went_in_between_is_refused_by_the_database(course, student):
    standing = standing_of(student, course.pk)
    EnrollmentFactory.create_batch(2, course=course)
    with pytest.raises(services.CourseFull) as refused:
        services.enroll_standing(standing, by=student, now=NOW)
    assert refused.value.decision.code == "full"
    assert (Enrollment.objects.count(), taken(course)) == (2, 2)


def test_withdraw_frees_the_seat_and_enrolling_again_brings_back_the_same_place(
    course, student, heard
):
    first = services.enroll(course.pk, student, by=student, now=NOW)
    Enrollment.objects.filter(pk=first.pk).update(percent=40)

    services.withdraw(first.pk, by=student, now=NOW)
    assert (taken(course), Enrollment.objects.get().status) == (0, "withdrawn")
    again = services.enroll(course.pk, student, by=student, now=NOW)

    assert (again.pk, again.percent, taken(course)) == (first.pk, 40, 1)
    assert [step[:2] for step in steps(first)] == [
        ("", "active"),
        ("active", "withdrawn"),
        ("withdrawn", "active"),
    ]
    assert [fact for fact, _pk in heard] == ["activated", "withdrawn", "activated"]


def test_coming_back_to_a_course_that_filled_up_is_refused(course, student):
    place = services.enroll(course.pk, student, by=student, now=NOW)
    services.withdraw(place.pk, by=student, now=NOW)
    standing = standing_of(student, course.pk)
    EnrollmentFactory.create_batch(2, course=course)
    with pytest.raises(services.CourseFull):
        services.enroll_standing(standing, by=student, now=NOW)
    assert Enrollment.objects.get(pk=place.pk).status == "withdrawn"


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        (services.withdraw, "active", "withdrawn"),
        (services.withdraw, "paused", "withdrawn"),
        (services.withdraw, "suspended", "withdrawn"),
        (services.pause, "active", "paused"),
        (services.resume, "paused", "active"),
        (services.suspend, "active", "suspended"),
        (services.lift, "suspended", "active"),
        (services.complete, "active", "completed"),
        (services.reopen, "completed", "active"),
    ],
)
def test_verb_moves_the_state_once(organization, verb, before, after):
    admin = UserFactory(admin=True)
    enrollment = EnrollmentFactory(
        status=before, completed_at=NOW if before == "completed" else None
    )

    verb(enrollment.pk, by=admin, now=NOW)
    verb(enrollment.pk, by=admin, now=NOW)

    enrollment.refresh_from_db()
    assert enrollment.status == after
    assert enrollment.completed_at == (NOW if after == "completed" else None)
    assert steps(enrollment) == [(before, after, admin.pk)]


@pytest.mark.parametrize(
    ("verb", "before"),
    [
        (services.withdraw, "completed"),
        (services.pause, "completed"),
        (services.pause, "withdrawn"),
        (services.resume, "suspended"),
        (services.lift, "paused"),
        (services.suspend, "withdrawn"),
        (services.complete, "paused"),
        (services.reopen, "withdrawn"),
    ],
)
def test_verb_refuses_what_the_table_does_not_have(organization, verb, before):
    enrollment = EnrollmentFactory(
        status=before, completed_at=NOW if before == "completed" else None
    )
    with pytest.raises(services.UnlawfulChange):
        verb(enrollment.pk, by=None, now=NOW)
    enrollment.refresh_from_db()
    assert (enrollment.status, EnrollmentChange.objects.count()) == (before, 0)


def test_staff_place_somebody_on_a_course_that_is_not_open(organization, student):
    course = CourseFactory(published=True, enrollment_type="restricted", max_capacity=1)
    with pytest.raises(services.EnrollmentRefused):
        services.enroll(course.pk, student, by=student, now=NOW)

    place = services.place(course.pk, student, by=course.owner, now=NOW)
    assert services.place(course.pk, student, by=course.owner, now=NOW).pk == place.pk
    assert steps(place) == [("", "active", course.owner.pk)]
    with pytest.raises(services.CourseFull):
        services.place(course.pk, UserFactory(), by=course.owner, now=NOW)
