"""Who follows which learning path, and how far they are."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from content.models import LearningPath
from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User


class PathEnrollmentQuerySet(models.QuerySet):
    def staying(self):
        """Those who did not leave the path."""
        return self.filter(left_at__isnull=True)


class PathEnrollment(TenantModel):
    """A student's place on a learning path, kept for good. It gives no place on any of its courses.

    `percent` counts the required steps whose course the student has completed. A path that was completed
    stays so when its author adds steps.
    """

    path = TenantForeignKey(
        LearningPath,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="enrollments",
        verbose_name=_("learning path"),
    )
    student = TenantForeignKey(
        User, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("student")
    )
    joined_at = models.DateTimeField(_("joined"))
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    percent = models.DecimalField(
        _("progress"),
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    objects = PathEnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("place on a learning path")
        verbose_name_plural = _("places on learning paths")
        ordering = ["-joined_at", "-id"]
        indexes = [
            models.Index(
                fields=["student", "-joined_at", "-id"], name="idx_path_enrollment_student"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["path", "student"], name="enrollments_pathenrollment_once"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100),
                name="enrollments_pathenrollment_percent_range",
            ),
            models.CheckConstraint(
                condition=Q(percent=100, completed_at__isnull=False)
                | Q(percent__lt=100, completed_at__isnull=True),
                name="enrollments_pathenrollment_complete_at_full",
            ),
        ]

    def __str__(self):
        return f"{self.path_id} · {self.student_id}"
