"""Who holds which role of the organization, and where."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.course import Course
from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import Role, User


class RoleAssignment(TenantModel):
    """A role in somebody's hands: for all courses of the organization, or for one.

    The database keeps `User.sees_private_rows` true for those who hold a permission that needs it.
    """

    user = TenantForeignKey(
        User, on_delete=models.CASCADE, related_name="role_assignments", verbose_name=_("person")
    )
    role = TenantForeignKey(
        Role, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("role")
    )
    course = TenantForeignKey(
        Course,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="role_assignments",
        verbose_name=_("course"),
        help_text=_("Empty: for the whole organization."),
    )
    given_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("given by"),
    )

    class Meta:
        verbose_name = _("assigned role")
        verbose_name_plural = _("assigned roles")
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_courses_assigned_created"
            ),
            models.Index(fields=["course", "created_at", "id"], name="idx_courses_assigned_course"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "course"],
                nulls_distinct=False,
                name="courses_roleassignment_once",
                violation_error_message=_("This person has this role already."),
            )
        ]

    def __str__(self):
        return str(self._meta.verbose_name)
