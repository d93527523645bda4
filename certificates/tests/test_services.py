from datetime import date, timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from certificates import codes, services
from certificates.invariants import check
from certificates.models import Certificate, CertificateDesign
from certificates.tests.factories import (
    COMPLETED_AT,
    NOW,
    certificate_for,
    completed_enrollment,
    picture,
)
from courses.tests.factories import CourseFactory
from enrollments import services as enrollments
from enrollments.tests.factories import EnrollmentFactory
from enrollments.tests.racing import race
from lib.files import FileRefused
from notifications.models import Notification
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization
from users.tests.factories import UserFactory


@pytest.fixture
def staff(organization):
    return UserFactory(role="admin")


def test_certificate_keeps_what_was_true(organization):
    enrollment = completed_enrollment(title="Knots", duration_minutes=90)

    certificate = services.issue(enrollment.pk, now=NOW)

    assert (certificate.name, certificate.course_title) == ("Ada Okafor", "Knots")
    assert (certificate.organization_name, certificate.duration_minutes) == ("Harbor School", 90)
    assert (certificate.completed_at, certificate.issued_at) == (COMPLETED_AT, NOW)
    assert certificate.heading == "Certificate"
    assert certificate.color == "#0B6B63"


def test_day_of_completion_is_that_of_the_student(organization):
    kiri = UserFactory(time_zone="Pacific/Auckland")

    assert certificate_for(kiri).completed_on == date(2026, 3, 15)


def test_texts_are_in_the_language_of_the_course(organization):
    assert certificate_for(language="de-AT").language == "de"
    assert certificate_for(language="fr").language == "en"


def test_person_without_a_name_is_called_by_the_account(organization):
    student = UserFactory(first_name="", last_name="", username="ada")

    assert certificate_for(student).name == "ada"


def test_issuing_again_gives_the_same_and_tells_once(organization):
    enrollment = completed_enrollment()

    first = services.issue(enrollment.pk, now=NOW)
    second = services.issue(enrollment.pk, now=NOW + timedelta(hours=1))

    assert first == second
    told = Notification.objects.filter(kind="certificate.issued", user=enrollment.student)
    assert told.count() == 1


@pytest.mark.parametrize(
    ("course", "enrollment"),
    [({"certificate_enabled": False}, {}), ({}, {"status": "active", "completed_at": None})],
)
def test_nothing_is_issued_where_nothing_is_due(organization, course, enrollment):
    due = completed_enrollment(
        course=CourseFactory(published=True, **{"certificate_enabled": True} | course)
    )
    for name, value in enrollment.items():
        setattr(due, name, value)
    due.save()

    assert services.issue(due.pk, now=NOW) is None
    assert not Certificate.objects.exists()


def test_completion_asks_the_worker_for_a_certificate(organization):
    course = CourseFactory(published=True, certificate_enabled=True)
    enrollment = EnrollmentFactory(course=course)

    enrollments.complete(enrollment.pk, by=None, now=NOW)

    job = ProcrastinateJob.objects.get(task_name="certificates.tasks.issue_certificate")
    assert job.args["enrollment_id"] == str(enrollment.pk)


def test_completion_of_a_course_without_certificates_asks_for_none(organization):
    enrollment = EnrollmentFactory()

    enrollments.complete(enrollment.pk, by=None, now=NOW)

    assert not ProcrastinateJob.objects.filter(task_name__startswith="certificates").exists()


def test_what_is_owed_is_issued_in_batches(organization, monkeypatch):
    course = CourseFactory(published=True, certificate_enabled=True)
    for _ in range(3):
        completed_enrollment(course=course, student=UserFactory())
    completed_enrollment(course=course, student=UserFactory(is_active=False))
    monkeypatch.setattr("certificates.services.issuing.BATCH", 2)

    assert [services.issue_missing(now=NOW) for _ in range(3)] == [2, 1, 0]


def test_nothing_is_owed_for_a_course_in_the_trash_or_a_course_without_certificates(organization):
    completed_enrollment(deleted_at=NOW)
    completed_enrollment(course=CourseFactory(published=True, certificate_enabled=False))

    assert list(services.missing()) == []


def test_second_completion_is_owed_a_certificate_of_its_own(organization, staff):
    first = certificate_for()
    enrollments.reopen(first.enrollment_id, by=staff, now=NOW)
    enrollments.complete(first.enrollment_id, by=staff, now=NOW + timedelta(days=1))

    assert [row.pk for row in services.missing()] == [first.enrollment_id]


def test_completion_that_was_taken_back_ends_its_certificate_alone(organization, staff):
    certificate, other = certificate_for(), certificate_for(UserFactory())

    enrollments.reopen(certificate.enrollment_id, by=staff, now=NOW)

    certificate.refresh_from_db()
    assert (certificate.state, certificate.revocation) == ("revoked", "reopened")
    assert list(Certificate.objects.valid()) == [other]


def test_second_completion_gets_a_certificate_of_its_own(organization, staff):
    first = certificate_for()
    enrollments.reopen(first.enrollment_id, by=staff, now=NOW)
    enrollments.complete(first.enrollment_id, by=staff, now=NOW + timedelta(days=1))

    second = services.issue(first.enrollment_id, now=NOW + timedelta(days=1))

    assert second != first
    assert [row.pk for row in Certificate.objects.valid()] == [second.pk]


def test_same_completion_back_lets_its_certificate_alone_hold_again(organization, staff):
    certificate, other = certificate_for(), certificate_for(UserFactory())
    for each in (certificate, other):
        enrollments.reopen(each.enrollment_id, by=staff, now=NOW)
    enrollments.change_state(
        certificate.enrollment_id, "completed", by=staff, now=NOW, completed_at=COMPLETED_AT
    )

    assert services.issue(certificate.enrollment_id, now=NOW) == certificate
    assert list(Certificate.objects.valid()) == [certificate]


def test_revoked_by_staff_is_not_issued_again(organization, staff):
    certificate = certificate_for()
    services.revoke(certificate.pk, reason="Copied.", by=staff, now=NOW)

    assert services.issue(certificate.enrollment_id, now=NOW) == certificate
    certificate.refresh_from_db()
    assert (certificate.state, certificate.revocation_reason) == ("revoked", "Copied.")
    assert services.issue_missing(now=NOW) == 0


def test_owner_is_told_of_a_revocation_once_and_why(organization, staff):
    certificate = certificate_for()
    for _ in range(2):
        services.revoke(certificate.pk, reason="Copied.", by=staff, now=NOW)

    told = Notification.objects.get(kind="certificate.revoked")
    assert (told.user, told.facts["reason"]) == (certificate.student, "Copied.")


def test_revocation_can_be_taken_back(organization, staff):
    certificate = certificate_for()
    services.revoke(certificate.pk, reason="Copied.", by=staff, now=NOW)

    services.restore(certificate.pk, by=staff, now=NOW)

    certificate.refresh_from_db()
    assert certificate.is_valid
    assert certificate.revocation_reason == ""


def test_revocation_stays_where_the_completion_is_gone(organization, staff):
    certificate = certificate_for()
    enrollments.reopen(certificate.enrollment_id, by=staff, now=NOW)

    with pytest.raises(services.CertificateRefused):
        services.restore(certificate.pk, by=staff, now=NOW)


def test_new_name_needs_a_new_certificate(organization, staff):
    former = certificate_for()
    services.show_name(former.pk, is_shown=True)
    former.student.last_name = "Lovelace"
    former.student.save()

    newer = services.reissue(former.pk, by=staff, now=NOW)

    former.refresh_from_db()
    assert (former.state, former.name) == ("replaced", "Ada Okafor")
    assert (newer.state, newer.name, newer.shows_name) == ("valid", "Ada Lovelace", True)
    assert newer.code_hash != former.code_hash


def test_nothing_is_issued_anew_to_a_closed_account(organization, staff):
    certificate = certificate_for()
    certificate.student.is_active = False
    certificate.student.save()

    with pytest.raises(services.CertificateRefused, match="closed"):
        services.reissue(certificate.pk, by=staff, now=NOW)
    assert list(Certificate.objects.valid()) == [certificate]


def test_only_what_holds_is_issued_anew_or_revoked(organization, staff):
    former = certificate_for()
    services.reissue(former.pk, by=staff, now=NOW)

    with pytest.raises(services.CertificateRefused):
        services.reissue(former.pk, by=staff, now=NOW)
    with pytest.raises(services.CertificateRefused):
        services.revoke(former.pk, reason="x", by=staff, now=NOW)


def test_database_lets_nobody_change_what_a_certificate_says(organization):
    certificate = certificate_for()
    for column, value in (
        ("course_title", "Other"),
        ("name", "Eve"),
        ("completed_on", date(2020, 1, 1)),
    ):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            Certificate.objects.filter(pk=certificate.pk).update(**{column: value})

    assert Certificate.objects.filter(pk=certificate.pk).update(name="") == 1


def test_database_holds_one_valid_certificate_per_enrollment(organization):
    certificate = certificate_for()
    twin = Certificate.objects.get(pk=certificate.pk)
    twin.pk, twin.completed_at, twin.code_hash = None, NOW, "x"
    twin._state.adding = True

    refused = pytest.raises(IntegrityError, match="certificates_certificate_one_valid")
    with refused, transaction.atomic():
        twin.save()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_issue_one_certificate():
    school = found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)
    with organization_context(school):
        enrollment = completed_enrollment()

    issued = race(school, [partial(services.issue, enrollment.pk, now=NOW)] * 4)

    with organization_context(school):
        assert {certificate.pk for certificate in issued} == {Certificate.objects.get().pk}
        assert Notification.objects.filter(kind="certificate.issued").count() == 1


def test_design_of_the_course_comes_before_that_of_the_organization(organization, staff):
    course = CourseFactory(published=True, certificate_enabled=True)
    who = {"signature": None, "by": staff, "now": NOW}
    services.save_design(None, values={"heading": "For all", "signer_name": "Marta"}, **who)
    services.save_design(course, values={"heading": "For {name}"}, **who)

    own = services.issue(completed_enrollment(course=course).pk, now=NOW)
    other = certificate_for()

    assert (own.heading, own.signer_name) == ("For {name}", "")
    assert (other.heading, other.signer_name) == ("For all", "Marta")


def test_signature_of_an_issued_certificate_outlives_the_design(organization, staff):
    upload = SimpleUploadedFile("s.png", picture())
    services.save_design(None, values={}, signature=upload, by=staff, now=NOW)
    certificate = certificate_for()

    services.save_design(None, values={}, signature=False, by=staff, now=NOW)

    assert not CertificateDesign.objects.get().signature
    assert certificate.signature.storage.exists(certificate.signature.name)


def test_first_design_of_a_course_keeps_the_signature_of_the_organization(organization, staff):
    course = CourseFactory(published=True, certificate_enabled=True)
    who = {"values": {}, "by": staff, "now": NOW}
    default = services.save_design(None, signature=SimpleUploadedFile("s.png", picture()), **who)

    own = services.save_design(course, signature=None, **who)

    assert own.signature.name == default.signature.name


def test_signature_that_is_no_picture_is_refused(organization, staff):
    upload = SimpleUploadedFile("s.png", b"<svg onload=alert(1)>")

    with pytest.raises(FileRefused):
        services.save_design(None, values={}, signature=upload, by=staff, now=NOW)


def test_code_is_stored_hashed_and_encrypted(organization):
    certificate = certificate_for()
    code = codes.unseal(certificate.code_sealed)

    assert len(code) == codes.LENGTH
    assert codes.hash_of(code) == certificate.code_hash
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT after::text FROM tenancy_auditentry WHERE row_id = %s", [certificate.pk]
        )
        logged = " ".join(row[0] for row in cursor.fetchall())
    assert certificate.code_hash not in logged
    assert certificate.code_sealed not in logged


def test_code_is_understood_as_people_type_it():
    code = codes.make_code()

    assert codes.normalized(codes.in_groups(code).upper()) == code
    assert codes.normalized(code.replace("o", "0").replace("l", "1")) == code
    assert [codes.normalized(text) for text in ("", "abc", "ä" * 26, code + "a")] == [""] * 4


def test_invariants_find_what_is_wrong(organization):
    certificate = certificate_for()
    assert list(check()) == []

    Certificate.objects.filter(pk=certificate.pk).update(replaced_at=NOW)
    assert [row["field"] for row in check()] == ["replaced_at"]
    Certificate.objects.filter(pk=certificate.pk).update(replaced_at=None)
    certificate.enrollment.completed_at = NOW
    certificate.enrollment.save()
    assert "completed_at" in [row["field"] for row in check()]
