from datetime import timedelta

import pytest
from django.urls import reverse

from activity.undo import undo
from certificates import codes, services
from certificates.models import Certificate, CertificateDesign
from certificates.tests.factories import NOW, certificate_for
from courses.tests.factories import CourseFactory
from privacy.services import erasures
from tenancy.models import AuditEntry
from users.tests.factories import UserFactory


@pytest.fixture
def admin(organization):
    return UserFactory(role="admin")


def last_request(table):
    changes = AuditEntry.objects.filter(table_name=table, request_id__isnull=False)
    return changes.order_by("-id").values_list("request_id", flat=True).first()


def post_to(client, user, certificate, **sent):
    client.force_login(user)
    slug = certificate.course.slug
    client.post(reverse("certificates:course_certificate", args=[slug, certificate.pk]), sent)


def test_revocation_is_undone_and_redone(client, admin):
    certificate = certificate_for()
    post_to(client, admin, certificate, part="revoke", reason="Copied.")

    decision = undo(last_request("certificates_certificate"), by=admin, now=NOW)

    assert decision, decision.message
    certificate.refresh_from_db()
    assert certificate.is_valid


def test_what_was_issued_anew_stays(client, admin):
    certificate = certificate_for()
    post_to(client, admin, certificate, part="reissue")

    decision = undo(last_request("certificates_certificate"), by=admin, now=NOW)

    assert not decision
    assert Certificate.objects.count() == 2


def test_reopened_completion_comes_back_with_its_certificate(client, admin):
    certificate = certificate_for()
    client.force_login(admin)
    slug = certificate.course.slug
    person = reverse("enrollments:person", args=[slug, certificate.enrollment_id])
    client.post(person, {"action": "reopen", "reason": ""})
    certificate.refresh_from_db()
    assert certificate.revocation == "reopened"

    decision = undo(last_request("enrollments_enrollment"), by=admin, now=NOW)

    assert decision, decision.message
    services.issue(certificate.enrollment_id, now=NOW)
    assert Certificate.objects.valid().get() == certificate


@pytest.mark.parametrize("of_course", [True, False])
def test_design_is_undone(client, admin, of_course):
    client.force_login(admin)
    course = CourseFactory(published=True)
    address = reverse("certificates:default_design")
    if of_course:
        address = reverse("certificates:course_design", args=[course.slug])
    client.post(address, {"orientation": "portrait", "heading": "Well done"})

    decision = undo(last_request("certificates_certificatedesign"), by=admin, now=NOW)

    assert decision, decision.message
    assert not CertificateDesign.objects.exists()


def test_erasure_takes_the_name_and_leaves_the_confirmation(client, admin):
    certificate = certificate_for(title="Knots")
    services.show_name(certificate.pk, is_shown=True)
    address = reverse("certificates:verify", args=[codes.unseal(certificate.code_sealed)])
    asked = erasures.request_erasure(certificate.student, by=certificate.student, now=NOW)
    erasures.approve_erasure(asked.pk, by=admin, now=NOW)

    erasures.carry_out_erasure(asked.pk, now=NOW + timedelta(days=60))

    certificate.refresh_from_db()
    assert (certificate.name, certificate.code_sealed) == ("", "")
    told = client.get(address).content.decode()
    assert "This certificate is valid" in told
    assert "Knots" in told
    assert "Okafor" not in told
