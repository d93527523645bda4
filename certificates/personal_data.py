"""What is personal in certificates: the name goes with the person, that somebody completed the course stays."""

from django.utils.translation import gettext_lazy as _

from certificates.models import Certificate, CertificateDesign, SigningKey
from tenancy.personal import RECORD_KEPT, declare, nothing_personal

SECRET = _("It opens the public page. Your certificates' own pages show it.")

declare(
    Certificate,
    heading=_("Certificates"),
    person="student_id",
    reason=RECORD_KEPT,
    facts=[
        "course",
        "course_title",
        "organization_name",
        "duration_minutes",
        "language",
        "completed_on",
        "issued_at",
        "shows_name",
        "revoked_at",
        "revocation",
        "replaced_at",
    ],
    personal=["name", "revocation_reason", "code_sealed"],
    withheld={"code_sealed": SECRET},
    impersonal=[
        "code_hash",
        "color",
        "heading",
        "opening",
        "text",
        "signer_name",
        "signer_role",
        "signature",
    ],
)
nothing_personal(
    CertificateDesign,
    "color",
    "heading",
    "opening",
    "text",
    "signer_name",
    "signer_role",
    "signature",
    reason=_("What all certificates of a course say; who signs them does so for the organization."),
)
nothing_personal(
    SigningKey,
    "kid",
    "public_jwk",
    "private_sealed",
    reason=_("Keys by which the organization signs."),
)
