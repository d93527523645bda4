"""A certificate ends to hold, or holds again; and its owner says what the public page tells of them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from certificates.models import Certificate
from certificates.signals import certificate_revoked
from enrollments.models import Enrollment

Revocation = Certificate.Revocation


class CertificateRefused(Exception):
    """A change of a certificate that its rules forbid. The message is for the person who asked."""


def lock(certificate_id: UUID) -> Certificate:
    """The certificate, locked until the transaction ends."""
    return Certificate.objects.select_for_update(of=("self",), no_key=True).get(pk=certificate_id)


@transaction.atomic
def revoke(certificate_id: UUID, *, reason: str, by, now: datetime) -> Certificate:
    """Let a certificate no longer hold. Its public page says so, and not why; its owner is told the reason.

    A repeat changes nothing. Raises CertificateRefused for one that was replaced; announces
    `certificate_revoked`.
    """
    certificate = lock(certificate_id)
    _refuse_replaced(certificate)
    if certificate.revoked_at:
        return certificate
    _end(certificate, Revocation.BY_STAFF, at=now, by=by, reason=reason)
    certificate_revoked.send(sender=Certificate, certificate=certificate, by=by, at=now)
    return certificate


@transaction.atomic
def restore(certificate_id: UUID, *, by, now: datetime) -> Certificate:
    """Take a revocation by staff back; a repeat changes nothing.

    Raises CertificateRefused where the certificate was replaced, or the course is no longer completed as it says.
    """
    certificate = lock(certificate_id)
    _refuse_replaced(certificate)
    if not certificate.revoked_at:
        return certificate
    enrollment = Enrollment.objects.get(pk=certificate.enrollment_id)
    if enrollment.completed_at != certificate.completed_at:
        raise CertificateRefused(_("The completion that it certifies was taken back."))
    _hold_again(certificate)
    return certificate


@transaction.atomic
def revoke_for_reopening(enrollment: Enrollment, *, now: datetime) -> None:
    """Let the certificate of a completion that was taken back no longer hold; a repeat changes nothing."""
    for certificate in Certificate.objects.valid().filter(enrollment=enrollment):
        _end(lock(certificate.pk), Revocation.REOPENED, at=now)


def restore_completion(enrollment: Enrollment) -> None:
    """Let what ended because this very completion had been taken back hold again. The enrollment is locked."""
    ended = Certificate.objects.filter(
        enrollment=enrollment,
        completed_at=enrollment.completed_at,
        revocation=Revocation.REOPENED,
        replaced_at__isnull=True,
    )
    for certificate in ended:
        _hold_again(lock(certificate.pk))


@transaction.atomic
def show_name(certificate_id: UUID, *, is_shown: bool) -> None:
    """Say whether the public page tells the owner's name. A repeat changes nothing."""
    rows = Certificate.objects.filter(pk=certificate_id).exclude(shows_name=is_shown)
    rows.update(shows_name=is_shown)


def _end(certificate, revocation, *, at, by=None, reason=""):
    certificate.revoked_at, certificate.revocation = at, revocation
    certificate.revoked_by, certificate.revocation_reason = by, reason
    _save_revocation(certificate)


def _hold_again(certificate):
    certificate.revoked_at, certificate.revocation = None, ""
    certificate.revoked_by, certificate.revocation_reason = None, ""
    _save_revocation(certificate)


def _save_revocation(certificate):
    columns = ["revoked_at", "revocation", "revoked_by", "revocation_reason", "updated_at"]
    certificate.save(update_fields=columns)


def _refuse_replaced(certificate):
    if certificate.replaced_at:
        raise CertificateRefused(_("A newer certificate has replaced this one."))
