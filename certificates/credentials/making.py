"""A certificate as a signed Open Badges 3.0 credential."""

import secrets
from hashlib import sha256

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from certificates.credentials.keys import key_in_use, sign
from certificates.models import Certificate

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
TYPES = ["VerifiableCredential", "OpenBadgeCredential"]


def credential_of(certificate: Certificate, *, email: str, origin: str) -> str:
    """The signed token of a certificate, for the owner of this e-mail. `origin` is where the issuer is found.

    Raises lib.encryption.NotDecrypted where the organization's key cannot be read any more.
    """
    key = key_in_use()
    claims = claims_of(certificate, email=email, origin=origin)
    return sign(claims, key=key, key_address=key_address(origin, key.kid))


def claims_of(certificate: Certificate, *, email: str, origin: str) -> dict:
    """What the credential says. The e-mail is in it as a salted hash alone."""
    with translation.override(certificate.language):
        narrative = _("All that the course asks for was completed.")
    issued_at = certificate.issued_at.replace(microsecond=0)
    credential_id = id_of(certificate)
    subject = f"urn:uuid:{certificate.student_id}"
    achievement = {
        "id": f"urn:uuid:{certificate.course_id}",
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": certificate.course_title,
        "description": certificate.course_title,
        "criteria": {"narrative": narrative},
    }
    return {
        "@context": CONTEXTS,
        "id": credential_id,
        "type": TYPES,
        "issuer": issuer_of(origin, certificate.organization_name),
        "validFrom": issued_at.isoformat().replace("+00:00", "Z"),
        "name": certificate.course_title,
        "credentialSubject": {
            "id": subject,
            "type": ["AchievementSubject"],
            "identifier": _identifiers(certificate.name, email),
            "activityEndDate": certificate.completed_on.isoformat(),
            "achievement": achievement,
        },
        "credentialStatus": {
            "id": f"{origin}{reverse('certificates:revocations')}",
            "type": "1EdTechRevocationList",
        },
        "iss": issuer_id(origin),
        "jti": credential_id,
        "sub": subject,
        "nbf": int(issued_at.timestamp()),
    }


def issuer_of(origin: str, name: str) -> dict:
    """The organization, as a credential names who issued it."""
    return {"id": issuer_id(origin), "type": ["Profile"], "name": name, "url": f"{origin}/"}


def issuer_id(origin: str) -> str:
    return f"{origin}{reverse('certificates:issuer')}"


def key_address(origin: str, kid: str) -> str:
    """Where the public key is found."""
    return f"{origin}{reverse('certificates:key', args=[kid])}"


def id_of(certificate: Certificate) -> str:
    """What a credential is called; it opens nothing."""
    return f"urn:uuid:{certificate.pk}"


def _identifiers(name, email):
    salt = secrets.token_hex(8)
    digest = sha256(f"{email.lower()}{salt}".encode()).hexdigest()
    return [
        {"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": name},
        {
            "type": "IdentityObject",
            "identityType": "emailAddress",
            "hashed": True,
            "identityHash": f"sha256${digest}",
            "salt": salt,
        },
    ]
