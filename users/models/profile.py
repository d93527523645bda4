"""The person behind an account."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.fields import TenantOneToOneField
from tenancy.models import TenantModel
from users.models.account import User


class Profile(TenantModel):
    """The person behind an account, as others may see them."""

    id = None
    user = TenantOneToOneField(
        User,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="profile",
        verbose_name=_("person"),
    )
    display_name = models.CharField(_("display name"), max_length=200, blank=True)
    bio = models.TextField(_("about me"), blank=True)
    avatar = models.ImageField(_("picture"), upload_to="avatars/", blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    job_title = models.CharField(_("job title"), max_length=100, blank=True)
    company = models.CharField(_("company"), max_length=100, blank=True)
    location = models.CharField(_("location"), max_length=100, blank=True)
    website = models.URLField(_("website"), max_length=255, blank=True)
    visibility = models.JSONField(
        _("who sees what"),
        default=dict,
        blank=True,
        help_text=_("Names of fields, each with those who may see it."),
    )

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self):
        """The person's name, as far as it is known without a query."""
        return self.display_name or str(self._state.fields_cache.get("user", self.user_id))


class StudentProfile(TenantModel):
    """What a school keeps about somebody as a student."""

    id = None
    user = TenantOneToOneField(
        User,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="student_profile",
        verbose_name=_("person"),
    )
    student_number = models.CharField(_("student number"), max_length=50, blank=True)
    program = models.CharField(_("program"), max_length=100, blank=True)
    goals = models.TextField(_("what I want to learn"), blank=True)

    class Meta:
        verbose_name = _("student profile")
        verbose_name_plural = _("student profiles")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "student_number"],
                condition=~models.Q(student_number=""),
                name="users_studentprofile_number_once",
                violation_error_message=_("Another student has this number."),
            )
        ]

    def __str__(self):
        return self.student_number or str(self.user_id)


class InstructorProfile(TenantModel):
    """How somebody introduces themselves as a teacher."""

    id = None
    user = TenantOneToOneField(
        User,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="instructor_profile",
        verbose_name=_("person"),
    )
    bio = models.TextField(_("as a teacher"), blank=True)
    expertise = models.CharField(_("teaches"), max_length=255, blank=True)
    office_hours = models.CharField(_("office hours"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("instructor profile")
        verbose_name_plural = _("instructor profiles")

    def __str__(self):
        return self.expertise or str(self.user_id)
