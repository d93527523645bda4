"""What the database holds of certificates, designs and keys, whoever writes."""

import pytest

from certificates.models import CertificateDesign, SigningKey
from certificates.tests.factories import NOW, certificate_for
from courses.tests.factories import CourseFactory
from tenancy.tests.refusals import copy_of, refused_by
from users.tests.factories import UserFactory


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"revocation": "staff"}, "revocation_whole"),
        ({"revoked_at": NOW}, "revocation_whole"),
        ({"revoked_at": NOW, "revocation": "mood"}, "revocation_whole"),
        ({"orientation": "askew"}, "orientation_known"),
        ({"color": "red"}, "color_hex"),
        ({"color": ""}, "color_hex"),
        ({"code_hash": None}, "code_once"),
    ],
)
def test_certificate_makes_sense(organization, fields, name):
    certificate = certificate_for()
    if "code_hash" in fields:
        fields = {"code_hash": certificate.code_hash}
    facts = {"code_hash": "x", "completed_at": NOW, "replaced_at": NOW} | fields
    refused_by(f"certificates_certificate_{name}", lambda: copy_of(certificate, **facts))


def test_nobody_revokes_a_certificate_that_holds(organization):
    certificate, staff = certificate_for(), UserFactory()
    facts = {"code_hash": "x", "completed_at": NOW, "replaced_at": NOW, "revoked_by_id": staff.pk}
    refused_by("certificates_certificate_revocation_whole", lambda: copy_of(certificate, **facts))


def test_completion_is_certified_once(organization):
    certificate = certificate_for()
    refused_by(
        "certificates_certificate_once",
        lambda: copy_of(certificate, code_hash="x", replaced_at=NOW),
    )


@pytest.mark.parametrize(
    ("fields", "name"),
    [({"orientation": "askew"}, "orientation_known"), ({"color": "red"}, "color_hex")],
)
def test_design_makes_sense(organization, fields, name):
    course = CourseFactory()
    refused_by(
        f"certificates_design_{name}",
        lambda: CertificateDesign.objects.create(course=course, **fields),
    )


def test_organization_has_one_design_for_all_courses(organization):
    CertificateDesign.objects.create()
    refused_by("certificates_design_one_default", CertificateDesign.objects.create)


def test_one_key_is_in_use_and_each_has_its_name(organization):
    key = SigningKey.objects.create(kid="a", public_jwk={}, private_sealed="x")
    refused_by("certificates_signingkey_one_in_use", lambda: copy_of(key, kid="b"))
    refused_by("certificates_signingkey_kid_once", lambda: copy_of(key, retired_at=NOW))
    copy_of(key, kid="b", retired_at=NOW)
