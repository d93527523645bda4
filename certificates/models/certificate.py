"""What was certified, of whom, and whether it still holds."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.models.design import Look
from courses.models import Course
from enrollments.models import Enrollment
from tenancy.fields import TenantForeignKey, TenantOneToOneField
from tenancy.models import TenantModel
from users.models import User


class CertificateQuerySet(models.QuerySet):
    def valid(self):
        """Those that hold: neither revoked nor replaced by a newer one."""
        return self.filter(revoked_at__isnull=True, replaced_at__isnull=True)


class Certificate(TenantModel, Look):
    """That somebody completed a course, with all that the paper says, which the database never lets change.

    Its code opens the public page. The database keeps a hash, by which the page is found, and the code itself
    encrypted, so that the owner can download the paper again.
    """

    class State(models.TextChoices):
        VALID = "valid", _("Valid")
        REVOKED = "revoked", _("Revoked")
        REPLACED = "replaced", _("Replaced")

    class Revocation(models.TextChoices):
        BY_STAFF = "staff", _("Revoked by the organization")
        REOPENED = "reopened", _("The completion was taken back")

    enrollment = TenantForeignKey(
        Enrollment,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="certificates",
        verbose_name=_("enrollment"),
    )
    student = TenantForeignKey(
        User, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("student")
    )
    course = TenantForeignKey(
        Course, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("course")
    )
    name = models.CharField(_("name"), max_length=310, blank=True)
    course_title = models.CharField(_("title of the course"), max_length=200)
    organization_name = models.CharField(_("name of the organization"), max_length=200)
    duration_minutes = models.PositiveIntegerField(_("duration in minutes"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10)
    completed_at = models.DateTimeField(_("completed"))
    completed_on = models.DateField(
        _("day of completion"), help_text=_("In the student's time zone.")
    )
    issued_at = models.DateTimeField(_("issued"))
    code_hash = models.CharField(_("hash of the code"), max_length=64, editable=False)
    code_sealed = models.TextField(_("encrypted code"), editable=False, blank=True)
    shows_name = models.BooleanField(_("name on the public page"), default=False)
    replaces = TenantOneToOneField(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revocation = models.CharField(
        _("kind of revocation"), max_length=10, choices=Revocation, blank=True
    )
    revocation_reason = models.TextField(_("reason"), max_length=500, blank=True)
    revoked_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_at", "-id"]
        indexes = [
            models.Index(fields=["enrollment"], name="idx_certificate_enrollment"),
            models.Index(fields=["student", "-issued_at", "-id"], name="idx_certificate_student"),
            models.Index(fields=["course", "-issued_at", "-id"], name="idx_certificate_course"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"],
                condition=Q(revoked_at__isnull=True, replaced_at__isnull=True),
                name="certificates_certificate_one_valid",
                violation_error_message=_("There is a newer certificate that is valid."),
            ),
            models.UniqueConstraint(
                fields=["enrollment", "completed_at"],
                condition=Q(replaces__isnull=True),
                name="certificates_certificate_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "code_hash"], name="certificates_certificate_code_once"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revocation="", revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revocation__in=["staff", "reopened"]),
                name="certificates_certificate_revocation_whole",
            ),
            models.CheckConstraint(
                condition=Q(orientation__in=["landscape", "portrait"]),
                name="certificates_certificate_orientation_known",
            ),
            models.CheckConstraint(
                condition=Q(color__regex=r"^#[0-9a-fA-F]{6}$"),
                name="certificates_certificate_color_hex",
            ),
        ]

    def __str__(self):
        return f"{self.name or _('Former student')} · {self.course_title}"

    @property
    def state(self) -> State:
        """Replaced comes first: who holds the newer one need not know what became of this one."""
        if self.replaced_at:
            return self.State.REPLACED
        return self.State.REVOKED if self.revoked_at else self.State.VALID

    @property
    def is_valid(self) -> bool:
        return self.state == self.State.VALID
