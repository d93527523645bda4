"""What a course said when it was published, and what it will say next."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.course import Course
from courses.models.draft import Version, WordsDraft
from tenancy.fields import TenantForeignKey, TenantOneToOneField


class CourseVersion(Version):
    """A published state of a course: its own words, and its modules and lessons in their order; never changed."""

    course = TenantForeignKey(
        Course, on_delete=models.CASCADE, related_name="versions", verbose_name=_("course")
    )

    class Meta:
        verbose_name = _("version of a course")
        verbose_name_plural = _("versions of courses")
        ordering = ["course", "-number"]
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(
                fields=["course", "number"], name="courses_courseversion_number_once"
            ),
        ]

    def __str__(self):
        return f"{self.course_id} v{self.number}"


class CourseDraft(WordsDraft):
    """Changed words of a published course."""

    course = TenantOneToOneField(
        Course,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="draft",
        verbose_name=_("course"),
    )

    class Meta:
        verbose_name = _("draft of a course")
        verbose_name_plural = _("drafts of courses")

    def __str__(self):
        return f"{self.course_id} r{self.revision}"
