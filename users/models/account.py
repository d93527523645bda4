"""Accounts: who signs in, and with which built-in role."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenancy.models import TenantModel

USERNAME_RULE = RegexValidator(
    r"^[a-zA-Z0-9_]+\Z", _("Use letters without accents, digits and the underscore only.")
)


def avatar_url(user_id, stored_name) -> str:
    """Address of a picture; it changes with the picture, so that a browser may keep it for good."""
    if not stored_name:
        return ""
    version = str(stored_name).rpartition("/")[2].partition(".")[0]
    return f"{reverse('users:avatar', args=[user_id])}?v={version}"


class UserQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def instructors(self):
        """Those who may own and teach courses."""
        return self.filter(role__in=[User.Role.INSTRUCTOR, User.Role.ADMIN])

    def with_person(self):
        """Adds what `display_name` and `avatar_url` take from the profile, without a query each."""
        return self.annotate(_called=F("profile__display_name"), _picture=F("profile__avatar"))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, username, email, password=None, **fields):
        """Create an account in the current organization; without a password none can sign in to it."""
        user = self.model(username=username, email=email, **fields)
        user.is_staff = user.role in User.STAFF_ROLES
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, TenantModel):
    """An account: who signs in, and with which built-in role. The person is in `Profile`."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("Admin")
        INSTRUCTOR = "instructor", _("Instructor")
        STUDENT = "student", _("Student")
        GUEST = "guest", _("Guest")

    STAFF_ROLES = (Role.ADMIN, Role.INSTRUCTOR)

    username = models.CharField(
        _("username"), max_length=150, validators=[MinLengthValidator(3), USERNAME_RULE]
    )
    email = models.EmailField(_("e-mail"), max_length=254)
    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.STUDENT)
    is_staff = models.BooleanField(_("may enter the admin"), default=False, editable=False)
    sees_private_rows = models.BooleanField(
        _("sees others' work"),
        default=False,
        editable=False,
        help_text=_("Holds a role of the organization that lets them see the work of others."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    suspension_reason = models.CharField(_("reason of the suspension"), max_length=255, blank=True)
    last_login_ip = models.GenericIPAddressField(
        _("last signed in from"), null=True, blank=True, editable=False
    )
    external_id = models.CharField(_("external id"), max_length=255, null=True, blank=True)  # noqa: DJ001 -- unique unless absent
    email_verified_at = models.DateTimeField(
        _("e-mail verified"), null=True, blank=True, editable=False
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["last_name", "first_name", "username"]
        indexes = [
            models.Index(fields=["organization", "role", "is_active"], name="idx_users_user_role"),
            models.Index(
                fields=["organization", "last_name", "first_name", "id"], name="idx_users_user_name"
            ),
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_users_user_joined"
            ),
            # Sign-in looks for the bare columns: under row security LOWER() cannot use an index.
            models.Index(fields=["organization", "username"], name="idx_users_user_username"),
            models.Index(fields=["organization", "email"], name="idx_users_user_email"),
        ]
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("username"),
                name="users_user_username_once",
                violation_error_message=_("This username is taken."),
            ),
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                name="users_user_email_once",
                violation_error_message=_("An account with this e-mail exists already."),
            ),
            models.UniqueConstraint(
                fields=["organization", "external_id"], name="users_user_external_once"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["admin", "instructor", "student", "guest"]),
                name="users_user_role_known",
            ),
            models.CheckConstraint(
                condition=Q(is_staff=True, role__in=["admin", "instructor"])
                | Q(is_staff=False, role__in=["student", "guest"]),
                name="users_user_staff_by_role",
            ),
            models.CheckConstraint(
                condition=Q(username__regex=r"^[a-zA-Z0-9_]{3,150}$"),
                name="users_user_username_form",
            ),
            models.CheckConstraint(
                condition=Q(username=Lower("username"), email=Lower("email")),
                name="users_user_lower_case",
            ),
        ]

    def __str__(self):
        return self.get_full_name() or self.username

    def clean(self):
        self.username, self.email = self.username.lower(), self.email.lower()

    def save(self, *args, **options):
        self.clean()
        self.is_staff = self.role in self.STAFF_ROLES
        if (fields := options.get("update_fields")) is not None and "role" in fields:
            options["update_fields"] = {*fields, "is_staff"}
        super().save(*args, **options)

    @property
    def is_superuser(self):
        """Admins run the organization; nobody is above an organization."""
        return self.is_admin

    @property
    def is_admin(self):
        return self.is_active and self.role == self.Role.ADMIN

    @property
    def is_instructor(self):
        return self.is_active and self.role == self.Role.INSTRUCTOR

    @property
    def display_name(self):
        """How pages call this person: as the profile wishes where `with_person` read it, else by name."""
        return self.__dict__.get("_called") or self.get_full_name() or self.username

    @property
    def avatar_url(self):
        """Address of the person's picture; "" where there is none, or `with_person` did not look."""
        return avatar_url(self.pk, self.__dict__.get("_picture"))

    @property
    def initials(self):
        letters = [name[0] for name in (self.first_name, self.last_name) if name]
        return "".join(letters).upper() or self.username[:2].upper()

    def get_full_name(self):
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self):
        return self.first_name or self.username

    def get_absolute_url(self):
        return reverse("users:profile", args=[self.pk])

    # The admin site asks these; which rows and fields one may touch is decided per model in its ModelAdmin.
    def has_perm(self, perm, obj=None):
        return self.is_admin

    def has_module_perms(self, app_label):
        return self.is_active and self.is_staff
