"""What the activity feeds say about certificates."""

from django.utils.translation import gettext_lazy as _

from activity.registry import Kind, register
from certificates.models import Certificate, CertificateDesign, SigningKey


def tell_certificate(before: dict | None, after: dict | None) -> str | None:
    if after is None:
        return None
    if before is None:
        return _("%(who)s issued %(thing)s")
    if "revoked_at" in after:
        return (
            _("%(who)s revoked %(thing)s")
            if after["revoked_at"]
            else _("%(who)s took the revocation of %(thing)s back")
        )
    return _("%(who)s replaced %(thing)s") if after.get("replaced_at") else None


register(
    Kind(
        Certificate,
        _("the certificate of %(name)s"),
        columns=("student_id", "course_id"),
        courses="SELECT course_id FROM certificates_certificate WHERE id = %(id)s",
        tells=tell_certificate,
        hidden=frozenset({"code_hash", "code_sealed", "revocation", "enrollment_id"}),
        weight=7,
    ),
    Kind(
        CertificateDesign,
        _("the design of the certificates of %(name)s"),
        columns=("course_id",),
        courses="SELECT course_id FROM certificates_certificatedesign WHERE id = %(id)s",
        weight=6,
    ),
    Kind(SigningKey, _("a signing key"), columns=("kid",), hidden=frozenset({"public_jwk"})),
)
