"""What a student has done, per lesson and per module; a course's percentage is on the enrollment."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from content.models import Lesson, Module
from enrollments.models import Enrollment
from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User


class LessonProgress(TenantModel):
    """A student's work on one lesson."""

    class Method(models.TextChoices):
        MANUAL = "manual", _("Marked by the student")
        AUTO = "auto", _("By opening it")
        TIME_BASED = "time_based", _("By time spent")

    enrollment = TenantForeignKey(
        Enrollment,
        on_delete=models.CASCADE,
        related_name="lesson_progress",
        verbose_name=_("enrollment"),
    )
    student = TenantForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("student")
    )
    lesson = TenantForeignKey(
        Lesson, on_delete=models.PROTECT, related_name="+", verbose_name=_("lesson")
    )
    started_at = models.DateTimeField(_("started"))
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    is_completed = models.GeneratedField(
        verbose_name=_("done"),
        expression=Q(completed_at__isnull=False),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    completion_method = models.CharField(_("how"), max_length=20, choices=Method, blank=True)
    time_spent_seconds = models.PositiveIntegerField(_("time spent in seconds"), default=0)
    view_count = models.PositiveIntegerField(_("views"), default=0)
    last_viewed_at = models.DateTimeField(_("last viewed"), null=True, blank=True)

    class Meta:
        verbose_name = _("progress on a lesson")
        verbose_name_plural = _("progress on lessons")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["enrollment", "completed_at"], name="idx_progress_lesson_done"),
            models.Index(fields=["lesson", "is_completed"], name="idx_progress_lesson_lesson"),
            models.Index(
                fields=["organization", "-last_viewed_at"], name="idx_progress_lesson_viewed"
            ),
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_progress_lesson_created"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "lesson"], name="progress_lessonprogress_once"
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True, completion_method="")
                | Q(
                    completed_at__isnull=False,
                    completion_method__in=["manual", "auto", "time_based"],
                ),
                name="progress_lessonprogress_completed_has_method",
            ),
        ]

    def __str__(self):
        return f"{self.enrollment_id} · {self.lesson_id}"


class PreviewWork(TenantModel):
    """What somebody did in a preview before they were on the course; it becomes progress when they enroll."""

    student = TenantForeignKey(
        User, on_delete=models.CASCADE, related_name="+", verbose_name=_("student")
    )
    lesson = TenantForeignKey(
        Lesson, on_delete=models.CASCADE, related_name="+", verbose_name=_("lesson")
    )
    started_at = models.DateTimeField(_("started"))
    last_viewed_at = models.DateTimeField(_("last viewed"))
    time_spent_seconds = models.PositiveIntegerField(_("time spent in seconds"), default=0)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)

    class Meta:
        verbose_name = _("work in a preview")
        verbose_name_plural = _("work in previews")
        constraints = [
            models.UniqueConstraint(fields=["student", "lesson"], name="progress_previewwork_once"),
        ]

    def __str__(self):
        return f"{self.student_id} · {self.lesson_id}"


class ModuleProgress(TenantModel):
    """How much of a module is done, derived from its lessons."""

    enrollment = TenantForeignKey(
        Enrollment,
        on_delete=models.CASCADE,
        related_name="module_progress",
        verbose_name=_("enrollment"),
    )
    student = TenantForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("student")
    )
    module = TenantForeignKey(
        Module, on_delete=models.CASCADE, related_name="+", verbose_name=_("module")
    )
    completed_lesson_count = models.PositiveIntegerField(_("lessons done"), default=0)
    lesson_count = models.PositiveIntegerField(_("lessons"), default=0)
    percent = models.DecimalField(
        _("progress"),
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)

    class Meta:
        verbose_name = _("progress on a module")
        verbose_name_plural = _("progress on modules")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_progress_module_created"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "module"], name="progress_moduleprogress_once"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100),
                name="progress_moduleprogress_percent_range",
            ),
            models.CheckConstraint(
                condition=Q(completed_lesson_count__lte=models.F("lesson_count")),
                name="progress_moduleprogress_not_above_all",
            ),
        ]

    def __str__(self):
        return f"{self.enrollment_id} · {self.module_id}"
