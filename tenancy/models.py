"""Organizations, their host names, and the base of everything that belongs to one."""

from uuid import UUID

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lib.ids import uuid7
from tenancy.context import current_organization_id

HEX_COLOR = RegexValidator(
    r"^#[0-9a-fA-F]{6}\Z", _("Write a colour as # and six hex digits, such as #0B6B63.")
)
HOST_NAME = RegexValidator(
    r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\Z",
    _("Write a host name in lower case without port, such as learn.example.org."),
)


class Organization(models.Model):
    """A tenant: a school, company or club with its own people, courses and content."""

    class Plan(models.TextChoices):
        FREE = "free", _("Free")
        STANDARD = "standard", _("Standard")
        ENTERPRISE = "enterprise", _("Enterprise")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name"), max_length=63, unique=True)
    plan = models.CharField(_("plan"), max_length=20, choices=Plan, default=Plan.FREE)
    is_default = models.BooleanField(
        _("default"),
        default=False,
        help_text=_("Answers on host names that no organization has mapped."),
    )
    is_signup_open = models.BooleanField(_("anyone may sign up"), default=True)
    staff_needs_second_factor = models.BooleanField(
        _("staff need a second factor"),
        default=False,
        help_text=_("Who works in the back office confirms each sign-in with a second device."),
    )
    brand_color = models.CharField(
        _("brand colour"), max_length=7, blank=True, validators=[HEX_COLOR]
    )
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=20, blank=True)
    contact_address = models.TextField(_("postal address"), blank=True)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True, editable=False)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="tenancy_organization_one_default",
            ),
            models.CheckConstraint(
                condition=models.Q(plan__in=["free", "standard", "enterprise"]),
                name="tenancy_organization_plan_known",
            ),
            models.CheckConstraint(
                condition=models.Q(brand_color="")
                | models.Q(brand_color__regex=r"^#[0-9a-fA-F]{6}$"),
                name="tenancy_organization_brand_color_hex",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def logo_url(self):
        """Address of the logo; it changes with the logo, so that a browser may keep it for good."""
        if not self.logo:
            return ""
        version = self.logo.name.rpartition("/")[2].partition(".")[0]
        return f"{reverse('tenancy:logo')}?v={version}"


class TenantModel(models.Model):
    """Base of every row that belongs to an organization.

    The organization is filled in from the running request, job or command. Add the table's row security
    with `tenancy.operations.TenantTable` in the migration that creates it; a test fails where it is missing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        default=current_organization_id,
        editable=False,
        db_index=False,  # the unique `(organization_id, key)` of each table begins with it
        related_name="+",
        verbose_name=_("organization"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True, editable=False)

    class Meta:
        abstract = True


class Domain(TenantModel):
    """A host name at which an organization answers."""

    host = models.CharField(_("host name"), max_length=253, validators=[HOST_NAME])
    is_primary = models.BooleanField(
        _("primary"), default=False, help_text=_("The one that mails and absolute links use.")
    )

    class Meta:
        verbose_name = _("host name")
        verbose_name_plural = _("host names")
        ordering = ["host"]
        constraints = [
            models.UniqueConstraint(
                Lower("host"),
                name="tenancy_domain_host_once",
                violation_error_message=_("This host name is taken already."),
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(is_primary=True),
                name="tenancy_domain_one_primary",
            ),
        ]

    def __str__(self):
        return self.host


class IdempotencyKey(TenantModel):
    """A form that was submitted and answered; a repeat is answered with the same redirect."""

    key = models.UUIDField(_("key"))
    scope = models.CharField(
        _("scope"), max_length=200, help_text=_("Who sent it, and to which address.")
    )
    location = models.TextField(_("leads to"))

    class Meta:
        verbose_name = _("answered form")
        verbose_name_plural = _("answered forms")
        indexes = [models.Index(fields=["created_at"], name="idx_tenancy_key_created")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key", "scope"], name="tenancy_idempotencykey_once"
            )
        ]

    def __str__(self):
        return str(self.key)


class MissedEvent(TenantModel):
    """A domain event that a listener failed on; `replay_events` tells it again."""

    listener = models.CharField(_("listener"), max_length=255)
    sender = models.CharField(_("sender"), max_length=100, blank=True)
    facts = models.JSONField(_("facts"), default=dict)
    error = models.TextField(_("error"))
    failure_count = models.PositiveIntegerField(_("failures"), default=1)

    class Meta:
        verbose_name = _("missed event")
        verbose_name_plural = _("missed events")
        ordering = ["created_at", "id"]

    def __str__(self):
        return self.listener


class AuditEntry(models.Model):
    """One change of one row: what it was, what it became, who did it, when and from where.

    Written by a database trigger alone and kept in one table per month. A row with a number for a key is named by
    `row_id_of`. `is_by_staff` says whether the person could enter the back office, or see others' work, then.
    """

    class Operation(models.TextChoices):
        INSERT = "INSERT", _("added")
        UPDATE = "UPDATE", _("changed")
        DELETE = "DELETE", _("deleted")

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        verbose_name=_("organization"),
    )
    at = models.DateTimeField(_("when"))
    actor_id = models.UUIDField(_("who"), null=True)
    client_ip = models.GenericIPAddressField(_("from"), null=True)
    request_id = models.UUIDField(_("request"), null=True)
    table_name = models.CharField(_("table"), max_length=63)
    row_id = models.UUIDField(_("row"))
    operation = models.CharField(_("what"), max_length=6, choices=Operation)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    scope_id = models.UUIDField(_("part of"), null=True)
    person_id = models.UUIDField(_("about"), null=True)
    is_by_staff = models.BooleanField(_("by staff"), default=False)

    class Meta:
        managed = False
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["-at", "-id"]

    def __str__(self):
        return f"{self.operation} {self.table_name} {self.row_id}"


def row_id_of(key: UUID | int) -> UUID:
    """How the audit log names the row with this key; as `tenancy_row_id` in the database."""
    return key if isinstance(key, UUID) else UUID(int=key)


class SecurityEvent(models.Model):
    """Something at the doors, or a look into what is private: written once, changed by nobody.

    `tenancy.security.record` writes it; the database adds who, from where and when. One table per month.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("sign-in failed")
        SIGNED_OUT = "signed_out", _("signed out")
        SESSION_ENDED = "session_ended", _("session ended")
        LOCKED_OUT = "locked_out", _("locked out")
        LOCKOUT_RELEASED = "lockout_released", _("lockout released")
        PASSWORD_CHANGED = "password_changed", _("password changed")
        EMAIL_CHANGED = "email_changed", _("e-mail changed")
        SECOND_FACTOR_ADDED = "second_factor_added", _("second factor added")
        SECOND_FACTOR_REMOVED = "second_factor_removed", _("second factor removed")
        RECOVERY_CODES_MADE = "recovery_codes_made", _("recovery codes made")
        PROVIDER_LINKED = "provider_linked", _("sign-in provider linked")
        PROVIDER_UNLINKED = "provider_unlinked", _("sign-in provider unlinked")
        TOKEN_MADE = "token_made", _("token made")
        TOKEN_REVOKED = "token_revoked", _("token revoked")
        SUSPENDED = "suspended", _("suspended")
        SUSPENSION_LIFTED = "suspension_lifted", _("suspension lifted")
        ROLE_CHANGED = "role_changed", _("role changed")
        EXPORTED = "exported", _("data exported")
        RECORD_DISCLOSED = "record_disclosed", _("record disclosed")
        VIEW_AS_STARTED = "view_as_started", _("view as a student begun")
        VIEW_AS_ENDED = "view_as_ended", _("view as a student ended")
        ERASED = "erased", _("personal data erased")

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        verbose_name=_("organization"),
    )
    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("what"), max_length=30, choices=Kind)
    user_id = models.UUIDField(_("whom"), null=True)
    actor_id = models.UUIDField(_("who"), null=True)
    client_ip = models.GenericIPAddressField(_("from"), null=True)
    request_id = models.UUIDField(_("request"), null=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        managed = False
        verbose_name = _("security event")
        verbose_name_plural = _("security log")
        ordering = ["-at", "-id"]

    def __str__(self):
        return f"{self.kind} {self.user_id or ''}".strip()
