"""What the database holds of places, queues and ways in, whoever writes."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from content.tests.factories import PathFactory
from courses.tests.factories import CourseFactory
from enrollments.models import (
    Enrollment,
    Invitation,
    JoinCode,
    PathEnrollment,
    PreApproval,
    Section,
    SectionMember,
    SectionStaff,
    WaitlistEntry,
)
from enrollments.tests.factories import EnrollmentFactory
from tenancy.tests.refusals import copy_of, refused_by
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LATER = NOW + timedelta(days=1)


@pytest.fixture
def course(organization):
    return CourseFactory(published=True)


# Places on courses


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"status": "away"}, "status_known"),
        ({"percent": -1}, "percent_range"),
        ({"percent": 101}, "percent_range"),
        ({"engagement_score": -1}, "engagement_range"),
        ({"engagement_score": 2}, "engagement_range"),
        ({"status": "completed"}, "completed_has_time"),
        ({"completed_at": NOW}, "completed_has_time"),
        ({"enrolled_at": None}, "enrolled_has_time"),
        ({"status": "pending"}, "pending_has_time"),
    ],
)
def test_place_makes_sense(organization, fields, name):
    refused_by(f"enrollments_enrollment_{name}", lambda: EnrollmentFactory(**fields))


def test_who_approved_did_so_at_a_time(organization):
    staff = UserFactory()
    refused_by(
        "enrollments_enrollment_approver_has_time", lambda: EnrollmentFactory(approved_by=staff)
    )


def test_person_has_one_place_on_a_course(organization):
    place = EnrollmentFactory()
    again = partial(EnrollmentFactory, course=place.course, student=place.student)
    refused_by("enrollments_enrollment_once", again)
    assert Enrollment.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"percent": -1}, "percent_range"),
        ({"percent": 100}, "complete_at_full"),
        ({"percent": 99, "completed_at": NOW}, "complete_at_full"),
    ],
)
def test_place_on_a_path_makes_sense(organization, fields, name):
    facts = {"path": PathFactory(), "student": UserFactory(), "joined_at": NOW}
    refused_by(
        f"enrollments_pathenrollment_{name}",
        lambda: PathEnrollment.objects.create(**facts | fields),
    )


def test_person_has_one_place_on_a_path(organization):
    place = PathEnrollment.objects.create(path=PathFactory(), student=UserFactory(), joined_at=NOW)
    refused_by("enrollments_pathenrollment_once", lambda: copy_of(place))


# Sections


def test_person_is_in_one_section_of_a_course(course):
    place = EnrollmentFactory(course=course)
    one, other = (Section.objects.create(course=course, title=title) for title in ("A", "B"))
    member = SectionMember.objects.create(section=one, enrollment=place, student=place.student)
    refused_by("enrollments_sectionmember_once", lambda: copy_of(member, section_id=other.pk))


def test_person_looks_after_a_section_once(course):
    section = Section.objects.create(course=course, title="A")
    staff = SectionStaff.objects.create(section=section, user=UserFactory())
    refused_by("enrollments_sectionstaff_once", lambda: copy_of(staff))


# The queue


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"state": "away"}, "state_known"),
        ({"state": "offered"}, "offer_has_times"),
        ({"offer_expires_at": LATER}, "offer_has_times"),
        (
            {"state": "offered", "offered_at": LATER, "offer_expires_at": NOW},
            "offer_ends_after_start",
        ),
    ],
)
def test_place_in_the_queue_makes_sense(course, fields, name):
    facts = {"course": course, "student": UserFactory(), "joined_at": NOW}
    refused_by(
        f"enrollments_waitlistentry_{name}", lambda: WaitlistEntry.objects.create(**facts | fields)
    )


def test_person_stands_in_a_queue_once(course):
    entry = WaitlistEntry.objects.create(course=course, student=UserFactory(), joined_at=NOW)
    refused_by("enrollments_waitlistentry_once", lambda: copy_of(entry, state="left"))


# Ways in


@pytest.fixture
def invitation(course):
    return Invitation.objects.create(
        course=course, email="ada@example.org", secret_hash="a", sent_at=NOW, expires_at=LATER
    )


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"email": "Ada@example.org"}, "lower_case"),
        ({"expires_at": NOW}, "ends_later"),
        ({"accepted_at": NOW, "revoked_at": NOW}, "one_end"),
        ({"revoked_at": NOW, "secret_hash": "a"}, "secret_once"),
        ({}, "one_waiting"),
    ],
)
def test_invitation_makes_sense(invitation, fields, name):
    facts = {"secret_hash": "b"} | fields
    refused_by(f"enrollments_invitation_{name}", lambda: copy_of(invitation, **facts))


def test_who_took_an_invitation_up_did_so_at_a_time(invitation):
    rows = Invitation.objects.filter(pk=invitation.pk)
    student = UserFactory()
    refused_by("enrollments_invitation_taken_up_has_time", lambda: rows.update(accepted_by=student))


@pytest.mark.parametrize("end", ["accepted_at", "revoked_at"])
def test_address_is_invited_again_once_the_first_invitation_has_ended(invitation, end):
    Invitation.objects.update(**{end: NOW})
    copy_of(invitation, secret_hash="b")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"max_uses": 0}, "some_uses"),
        ({"max_uses": 2, "used_count": 3}, "never_overused"),
        ({"code": "SEA"}, "once"),
    ],
)
def test_code_makes_sense(course, fields, name):
    JoinCode.objects.create(course=course, code="SEA")
    facts = {"course": course, "code": "SKY"} | fields
    refused_by(f"enrollments_joincode_{name}", lambda: JoinCode.objects.create(**facts))


@pytest.mark.parametrize("value", ["example.org", "Ada@example.org"])
def test_approval_in_advance_is_for_an_address_or_a_domain(course, value):
    refused_by(
        "enrollments_preapproval_address",
        lambda: PreApproval.objects.create(course=course, value=value),
    )


def test_address_is_approved_in_advance_once(course):
    approval = PreApproval.objects.create(course=course, value="@example.org")
    refused_by("enrollments_preapproval_once", lambda: copy_of(approval))
