"""Roles that an organization makes, and the permissions they grant."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tenancy.models import TenantModel


class Permission(models.TextChoices):
    """What a role may grant: for every course of the organization, or for one."""

    COURSE_ENROLL = "course.enroll", _("take a seat on a course")
    COURSE_CREATE = "course.create", _("make courses")
    COURSE_EDIT = "course.edit", _("change a course and its content")
    COURSE_PUBLISH = "course.publish", _("publish, unpublish and archive a course")
    COURSE_STAFF = "course.staff", _("choose who looks after a course")
    ENROLLMENT_SEE = "enrollment.see", _("see who is on a course, and how far they are")
    ENROLLMENT_MANAGE = "enrollment.manage", _("enroll, suspend and withdraw people")
    ACTIVITY_SEE = "activity.see", _("see who changed what")
    ACTIVITY_EXPORT = "activity.export", _("export the activity")
    ACTIVITY_UNDO = "activity.undo", _("undo changes of others")
    PERSON_SEE = "person.see", _("see everybody's account")
    PERSON_MANAGE = "person.manage", _("make, change and suspend accounts")
    PERSON_VIEW_AS = "person.view_as", _("see the pages as a student sees them")
    ROLE_MANAGE = "role.manage", _("make roles and give them to people")
    SUBJECT_MANAGE = "subject.manage", _("arrange the subjects")
    SECURITY_SEE = "security.see", _("read the security log")
    PRIVACY_DECIDE = "privacy.decide", _("decide on the erasure of personal data")
    ORGANIZATION_MANAGE = "organization.manage", _("change the organization's settings")


#: How forms group the permissions: a heading, and how their codes begin.
PERMISSION_GROUPS = (
    (_("Courses"), ("course.", "subject.")),
    (_("People on courses"), ("enrollment.",)),
    (_("Activity"), ("activity.",)),
    (_("Accounts and roles"), ("person.", "role.")),
    (_("The organization"), ("organization.", "security.", "privacy.")),
)


class Role(TenantModel):
    """A name for a set of permissions, made by an organization for the work it has to give."""

    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), blank=True)
    permissions = ArrayField(
        models.CharField(max_length=50, choices=Permission), verbose_name=_("permissions")
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("name"),
                name="users_role_name_once",
                violation_error_message=_("There is a role of this name already."),
            ),
            models.CheckConstraint(
                condition=models.Q(permissions__contained_by=Permission.values),
                name="users_role_permissions_known",
            ),
        ]

    def __str__(self):
        return self.name
