"""What guards the doors: failures, lockouts, and tokens for programs."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models.account import User


class FailedSignIn(TenantModel):
    """Something wrong was given at a door: a password, a code, a token."""

    class Door(models.TextChoices):
        SIGN_IN = "sign_in", _("sign-in")
        PASSWORD_RESET = "password_reset", _("reset of the password")
        SECOND_FACTOR = "second_factor", _("second step")
        REAUTHENTICATION = "reauthentication", _("asking for the password again")
        API = "api", _("programs")
        JOIN_CODE = "join_code", _("code of a course")

    login_hash = models.CharField(
        _("who, as a hash"),
        max_length=64,
        help_text=_("Of the account; of what was typed where no account has it."),
    )
    door = models.CharField(_("door"), max_length=20, choices=Door)
    client_ip = models.GenericIPAddressField(_("from"), null=True, blank=True)

    class Meta:
        verbose_name = _("failed sign-in")
        verbose_name_plural = _("failed sign-ins")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["organization", "login_hash", "created_at"], name="idx_users_failed_login"
            ),
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_users_failed_created"
            ),
        ]

    def __str__(self):
        return self.get_door_display()


class Lockout(TenantModel):
    """A while in which no door opens for an account, whatever is given there."""

    login_hash = models.CharField(_("who, as a hash"), max_length=64)
    user = TenantForeignKey(
        User,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="lockouts",
        verbose_name=_("person"),
    )
    until = models.DateTimeField(_("until"))
    release_hash = models.CharField(
        _("hash of the secret in the mail"), max_length=64, blank=True, editable=False
    )
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    released_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("released by"),
    )

    class Meta:
        verbose_name = _("lockout")
        verbose_name_plural = _("lockouts")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["organization", "login_hash", "-until"], name="idx_users_lockout_login"
            ),
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_users_lockout_created"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(released_by__isnull=True) | Q(released_at__isnull=False),
                name="users_lockout_releaser_has_time",
            )
        ]

    def __str__(self):
        return f"{self.until:%Y-%m-%d %H:%M}"

    def holds(self, now: datetime) -> bool:
        return self.released_at is None and now < self.until


class TokenScope(models.TextChoices):
    """What a token reaches of what its owner may do."""

    READ_PROFILE = "profile:read", _("read my profile")
    READ_COURSES = "courses:read", _("read courses")
    READ_PROGRESS = "progress:read", _("read my progress")
    WRITE_ENROLLMENTS = "enrollments:write", _("enroll and withdraw me")


class ApiTokenQuerySet(models.QuerySet):
    def usable(self, now: datetime):
        """Neither revoked nor ended."""
        lasts = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
        return self.filter(lasts, revoked_at__isnull=True)


class ApiToken(TenantModel):
    """A program's key to what its owner may do, as far as its scopes reach. Shown once, kept as a hash."""

    user = TenantForeignKey(
        User, on_delete=models.CASCADE, related_name="api_tokens", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("begins with"), max_length=8, editable=False)
    token_hash = models.CharField(_("hash"), max_length=64, editable=False)
    scopes = ArrayField(
        models.CharField(max_length=30, choices=TokenScope), default=list, verbose_name=_("may")
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="idx_users_token_user"),
            models.Index(fields=["organization", "prefix"], name="idx_users_token_prefix"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "token_hash"], name="users_apitoken_hash_once"
            ),
            models.CheckConstraint(
                condition=Q(scopes__contained_by=TokenScope.values),
                name="users_apitoken_scopes_known",
            ),
        ]

    def __str__(self):
        return self.name

    def is_usable(self, now: datetime) -> bool:
        """Neither revoked nor ended; whether its owner may sign in is another question."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
