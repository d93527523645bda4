"""Courses that come in from a file and go out into one."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from tenancy.fields import TenantForeignKey, TenantOneToOneField
from tenancy.models import TenantModel
from users.models import User


class CourseTransfer(TenantModel):
    """One import or export of a course, done in the background; `report` says what happened."""

    class Direction(models.TextChoices):
        IMPORT = "import", _("Import")
        EXPORT = "export", _("Export")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    direction = models.CharField(_("direction"), max_length=10, choices=Direction)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    course = TenantForeignKey(
        Course,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="transfers",
        verbose_name=_("course"),
    )
    started_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("started by"),
    )
    file = models.FileField(_("file"), upload_to="transfers/", max_length=255, blank=True)
    file_name = models.CharField(_("name of the file"), max_length=255, blank=True)
    done_steps = models.PositiveIntegerField(_("steps done"), default=0)
    total_steps = models.PositiveIntegerField(_("steps"), default=0)
    options = models.JSONField(_("options"), default=dict, blank=True)
    report = models.JSONField(_("report"), default=dict, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("transfer of a course")
        verbose_name_plural = _("transfers of courses")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_content_transfer_created"
            ),
            models.Index(
                fields=["started_by", "-created_at", "-id"], name="idx_content_transfer_by"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(direction__in=["import", "export"]),
                name="content_coursetransfer_direction_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running", "done", "failed"]),
                name="content_coursetransfer_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running"], finished_at__isnull=True)
                | Q(status__in=["done", "failed"], finished_at__isnull=False),
                name="content_coursetransfer_finished_has_time",
            ),
        ]

    def __str__(self):
        return f"{self.get_direction_display()} {self.file_name}"


class CourseText(TenantModel):
    """A course as its text last said it: what a later import is compared with, piece by piece."""

    id = None
    course = TenantOneToOneField(
        Course,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="text",
        verbose_name=_("course"),
    )
    pieces = models.JSONField(_("pieces"), default=dict, blank=True)
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("text of a course")
        verbose_name_plural = _("texts of courses")

    def __str__(self):
        return str(self.course_id)
