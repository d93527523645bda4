"""The person behind an account."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.db.models.lookups import Regex
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.fields import TenantOneToOneField
from tenancy.models import TenantModel
from users.models.account import User
from users.pictures import PictureStorage

PHONE_RULE = RegexValidator(
    r"^\+?[0-9][0-9 ()/.-]*\Z", _("Use digits, spaces and the signs + - ( ) / . only.")
)
WEB_ADDRESS_RULE = URLValidator(
    schemes=["http", "https"], message=_("Enter an address that begins with http:// or https://.")
)
FIRST_BIRTH_DATE = date(1900, 1, 1)
#: `Profile.visibility` as PostgreSQL writes it: names of fields, each with one of the audiences.
VISIBILITY_FORM = r'^\{("[a-z_]+": "(everyone|courses|staff|me)"(, )?)*\}$'


def validate_birth_date(day: date) -> None:
    """A day since 1900 that has begun where the reader is. Raises ValidationError."""
    if day < FIRST_BIRTH_DATE:
        raise ValidationError(_("Enter a day since 1900."), code="too_early")
    if day > timezone.localdate():
        raise ValidationError(_("This day is still to come."), code="too_late")


class Audience(models.TextChoices):
    """Who sees a part of a profile; each includes those after it."""

    EVERYONE = "everyone", _("Everyone here")
    COURSES = "courses", _("Those on my courses")
    STAFF = "staff", _("Staff")
    ME = "me", _("Only me")


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
    avatar = models.ImageField(
        _("picture"), upload_to="avatars/", storage=PictureStorage(), blank=True
    )
    phone = models.CharField(_("phone"), max_length=20, blank=True, validators=[PHONE_RULE])
    birth_date = models.DateField(
        _("date of birth"), null=True, blank=True, validators=[validate_birth_date]
    )
    job_title = models.CharField(_("job title"), max_length=100, blank=True)
    company = models.CharField(_("company"), max_length=100, blank=True)
    location = models.CharField(_("location"), max_length=100, blank=True)
    website = models.URLField(
        _("website"), max_length=255, blank=True, validators=[WEB_ADDRESS_RULE]
    )
    visibility = models.JSONField(
        _("who sees what"),
        default=dict,
        blank=True,
        help_text=_("Names of fields, each with those who may see it."),
    )

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_date__isnull=True) | Q(birth_date__gte=FIRST_BIRTH_DATE),
                name="users_profile_birth_date_since_1900",
            ),
            models.CheckConstraint(
                condition=Q(website="") | Q(website__iregex=r"^https?://"),
                name="users_profile_website_on_the_web",
            ),
            models.CheckConstraint(
                condition=Regex(Cast("visibility", models.TextField()), VISIBILITY_FORM),
                name="users_profile_audiences_known",
            ),
        ]

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
