"""Sections of a course: people who learn it at the same time, with dates, teachers and seats of their own."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from enrollments.models.enrollment import Enrollment
from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User


class SectionQuerySet(models.QuerySet):
    def taught_by(self, user):
        """Those whose people somebody looks after without looking after the whole course."""
        return self.filter(staff__user=user)


class Section(TenantModel):
    """A batch of a course: some of its people, who begin and end together."""

    course = TenantForeignKey(
        Course,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="sections",
        verbose_name=_("course"),
    )
    title = models.CharField(_("title"), max_length=100)
    starts_at = models.DateTimeField(
        _("begins"),
        null=True,
        blank=True,
        help_text=_("Before that, its people find the lessons closed."),
    )
    ends_at = models.DateTimeField(
        _("access ends"), null=True, blank=True, help_text=_("For everybody in it.")
    )
    max_capacity = models.PositiveIntegerField(
        _("seats"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit but that of the course."),
    )
    #: Kept by the database: how many are in it.
    taken = models.PositiveIntegerField(_("people"), default=0, editable=False)

    objects = SectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["course", "title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "title"],
                name="enrollments_section_title_once",
                violation_error_message=_("Another section of the course is called so."),
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True)
                | Q(ends_at__isnull=True)
                | Q(starts_at__lt=F("ends_at")),
                name="enrollments_section_ends_after_start",
                violation_error_message=_("It has to end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(max_capacity__isnull=True) | Q(max_capacity__gt=0),
                name="enrollments_section_capacity_positive",
            ),
        ]

    def __str__(self):
        return self.title


class SectionStaff(TenantModel):
    """Somebody who looks after the people of a section, and sees no others of the course."""

    section = TenantForeignKey(
        Section,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="staff",
        verbose_name=_("section"),
    )
    user = TenantForeignKey(
        User, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )

    class Meta:
        verbose_name = _("teacher of a section")
        verbose_name_plural = _("teachers of sections")
        ordering = ["section", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["section", "user"], name="enrollments_sectionstaff_once"
            ),
        ]

    def __str__(self):
        return f"{self.section_id} · {self.user_id}"


class SectionMember(TenantModel):
    """A student's place in a section. Who leaves the course leaves it too: the database sees to that."""

    section = TenantForeignKey(
        Section, on_delete=models.CASCADE, related_name="members", verbose_name=_("section")
    )
    enrollment = TenantForeignKey(
        Enrollment,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="section_places",
        verbose_name=_("enrollment"),
    )
    student = TenantForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("student")
    )

    class Meta:
        verbose_name = _("place in a section")
        verbose_name_plural = _("places in sections")
        ordering = ["section", "id"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment"], name="enrollments_sectionmember_once"),
        ]

    def __str__(self):
        return f"{self.section_id} · {self.enrollment_id}"
