"""Certificates are issued once for a completion, and again when what they say is no longer right."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from certificates import codes
from certificates.credentials.keys import ensure_key
from certificates.designs import complete_look, design_of, language_of
from certificates.models import Certificate
from certificates.services.revoking import CertificateRefused, lock, restore_completion
from certificates.signals import certificate_issued
from enrollments.models import Enrollment
from enrollments.services import lock as lock_enrollment
from tenancy.models import Organization
from users.time_zones import time_zone_of

#: How many are issued at once: each is told to somebody.
BATCH = 200


@transaction.atomic
def issue(enrollment_id: UUID, *, now: datetime) -> Certificate | None:
    """Issue the certificate of a completion; None where there is none to issue.

    Locks the enrollment. A repeat gives the certificate that is there. One that ended because the same completion
    had been taken back holds again. Announces `certificate_issued`.
    """
    enrollment = lock_enrollment(enrollment_id)
    if enrollment.status != Enrollment.Status.COMPLETED:
        return None
    there = Certificate.objects.filter(
        enrollment=enrollment, completed_at=enrollment.completed_at, replaces__isnull=True
    ).first()
    if there is not None:
        restore_completion(enrollment)
        return there
    if not (enrollment.course.certificate_enabled and enrollment.student.is_active):
        return None
    ensure_key()
    certificate = _certificate_for(enrollment, now=now)
    certificate.save(force_insert=True)
    certificate_issued.send(sender=Certificate, certificate=certificate, at=now)
    return certificate


def issue_missing(*, now: datetime) -> int:
    """Issue what courses owe to people, such as to those who completed one before it gave certificates.

    A batch at a time; a repeat goes on. Returns how many.
    """
    ids = list(missing().values_list("pk", flat=True)[:BATCH])
    for enrollment_id in ids:
        issue(enrollment_id, now=now)
    return len(ids)


def missing() -> QuerySet[Enrollment]:
    """Completed enrollments of courses that give certificates, without one."""
    issued = Certificate.objects.filter(
        enrollment=OuterRef("pk"), completed_at=OuterRef("completed_at"), replaces__isnull=True
    )
    return Enrollment.objects.filter(
        ~Exists(issued),
        status=Enrollment.Status.COMPLETED,
        course__certificate_enabled=True,
        course__deleted_at__isnull=True,
        student__is_active=True,
    ).order_by("completed_at", "pk")


@transaction.atomic
def reissue(certificate_id: UUID, *, by, now: datetime) -> Certificate:
    """Issue a certificate anew, as names and the design are today, in the place of the former one.

    The former one no longer holds, and its public page says so. Locks the enrollment. Raises CertificateRefused
    for one that does not hold, or whose student is gone; announces `certificate_issued`.
    """
    enrollment = lock_enrollment(Certificate.objects.get(pk=certificate_id).enrollment_id)
    former = lock(certificate_id)
    if not former.is_valid:
        raise CertificateRefused(_("Only a certificate that holds can be issued anew."))
    if not enrollment.student.is_active:
        raise CertificateRefused(_("The account of this person is closed."))
    certificate = _certificate_for(enrollment, now=now)
    certificate.replaces, certificate.shows_name = former, former.shows_name
    former.replaced_at = now
    former.save(update_fields=["replaced_at", "updated_at"])
    certificate.save(force_insert=True)
    certificate_issued.send(sender=Certificate, certificate=certificate, at=now)
    return certificate


def _certificate_for(enrollment, *, now) -> Certificate:
    course, student = enrollment.course, enrollment.student
    organization = Organization.objects.get(pk=enrollment.organization_id)
    language, code = language_of(course), codes.make_code()
    zone = time_zone_of(student) or ZoneInfo(settings.TIME_ZONE)
    look = complete_look(design_of(course.pk), organization=organization, language=language)
    return Certificate(
        enrollment=enrollment,
        student=student,
        course=course,
        name=student.get_full_name() or student.username,
        course_title=course.title,
        organization_name=organization.name,
        duration_minutes=course.duration_minutes,
        language=language,
        completed_at=enrollment.completed_at,
        completed_on=enrollment.completed_at.astimezone(zone).date(),
        issued_at=now,
        code_hash=codes.hash_of(code),
        code_sealed=codes.seal(code),
        **look,
    )
