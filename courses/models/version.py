"""What a course said when it was published, and what it will say next."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.course import Course
from courses.models.draft import Draft
from tenancy.fields import TenantForeignKey, TenantOneToOneField
from tenancy.models import TenantModel
from users.models import User


class CourseVersion(TenantModel):
    """A published state of a course: its own words, and its modules and lessons in their order; never changed."""

    course = TenantForeignKey(
        Course, on_delete=models.CASCADE, related_name="versions", verbose_name=_("course")
    )
    number = models.PositiveIntegerField(_("number"))
    snapshot = models.JSONField(_("content"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("version of a course")
        verbose_name_plural = _("versions of courses")
        ordering = ["course", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "number"], name="courses_courseversion_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gt=0), name="courses_courseversion_number_positive"
            ),
        ]

    def __str__(self):
        return f"{self.course_id} v{self.number}"


class CourseDraft(Draft):
    """Changed words of a published course: `changes` holds the fields that differ, by name."""

    id = None
    course = TenantOneToOneField(
        Course,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="draft",
        verbose_name=_("course"),
    )
    changes = models.JSONField(_("changes"), default=dict, blank=True)

    class Meta:
        verbose_name = _("draft of a course")
        verbose_name_plural = _("drafts of courses")

    def __str__(self):
        return f"{self.course_id} r{self.revision}"
