"""Ways into a course that is not open to all: lists of addresses, invitations and codes."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User


class PreApproval(TenantModel):
    """An address, or all addresses of a domain, whose owners may enroll without being asked or asking.

    `value` is in lower case: "ada@example.org", or "@example.org" for a domain. Only who has shown that they
    read the mail of an address is let in by it.
    """

    course = TenantForeignKey(
        Course,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="+",
        verbose_name=_("course"),
    )
    value = models.CharField(_("address or domain"), max_length=254)
    added_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("added by"),
    )

    class Meta:
        verbose_name = _("approval in advance")
        verbose_name_plural = _("approvals in advance")
        ordering = ["value", "id"]
        indexes = [models.Index(fields=["organization", "value"], name="idx_preapproval_value")]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "value"], name="enrollments_preapproval_once"
            ),
            models.CheckConstraint(
                condition=Q(value=Lower("value"), value__contains="@"),
                name="enrollments_preapproval_address",
            ),
        ]

    def __str__(self):
        return self.value

    @property
    def is_domain(self):
        return self.value.startswith("@")


class InvitationQuerySet(models.QuerySet):
    def waiting(self):
        """Those that were neither taken up nor revoked; also where their time is over."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def in_state(self, state, now):
        """Those that `Invitation.state_at` finds in this state."""
        if state == "accepted":
            return self.filter(accepted_at__isnull=False)
        if state == "revoked":
            return self.filter(revoked_at__isnull=False)
        is_over = Q(expires_at__lte=now)
        return self.waiting().filter(is_over if state == "over" else ~is_over)


class Invitation(TenantModel):
    """A seat promised to whoever reads the mail of an address, by a link that works once and for a time.

    The link leads to the course; what opens it is an account with this address, confirmed. So a mail that was
    passed on lets nobody else in.
    """

    STATES = {
        "waiting": _("Waiting"),
        "accepted": _("Taken up"),
        "over": _("Out of date"),
        "revoked": _("Revoked"),
    }

    course = TenantForeignKey(
        Course,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="+",
        verbose_name=_("course"),
    )
    email = models.EmailField(_("e-mail"), max_length=254)
    secret_hash = models.CharField(max_length=64, editable=False)
    invited_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("taken up"), null=True, blank=True)
    accepted_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken up by"),
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["course", "-created_at", "-id"], name="idx_invitation_course_created"
            ),
            models.Index(
                fields=["organization", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="idx_invitation_waiting",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "secret_hash"], name="enrollments_invitation_secret_once"
            ),
            models.UniqueConstraint(
                fields=["course", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="enrollments_invitation_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="enrollments_invitation_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")), name="enrollments_invitation_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="enrollments_invitation_one_end",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=False) | Q(accepted_by__isnull=True),
                name="enrollments_invitation_taken_up_has_time",
            ),
        ]

    def __str__(self):
        return self.email

    def state_at(self, now) -> str:
        """Which of STATES it is in."""
        if self.accepted_at is not None:
            return "accepted"
        if self.revoked_at is not None:
            return "revoked"
        return "waiting" if now < self.expires_at else "over"


class JoinCode(TenantModel):
    """Letters to be told to a class: whoever types them gets a seat, so many times and so long.

    It can be read by those who look after the course, and guesses at it are counted (`services/codes.py`).
    """

    course = TenantForeignKey(
        Course,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="+",
        verbose_name=_("course"),
    )
    code = models.CharField(_("code"), max_length=16)
    made_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    max_uses = models.PositiveIntegerField(
        _("how many may use it"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit."),
    )
    used_count = models.PositiveIntegerField(_("used"), default=0, editable=False)
    ends_at = models.DateTimeField(_("works until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("join code")
        verbose_name_plural = _("join codes")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["course", "-created_at", "-id"], name="idx_joincode_course_created"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code"], name="enrollments_joincode_once"
            ),
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(max_uses__gt=0),
                name="enrollments_joincode_some_uses",
            ),
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(used_count__lte=F("max_uses")),
                name="enrollments_joincode_never_overused",
            ),
        ]

    def __str__(self):
        return self.code

    def is_open(self, now) -> bool:
        """Whether it lets anybody else in."""
        is_over = self.ended_at is not None or (self.ends_at is not None and now >= self.ends_at)
        return not is_over and (self.max_uses is None or self.used_count < self.max_uses)

    @property
    def shown(self) -> str:
        """The code in two halves, as one reads it out."""
        half = len(self.code) // 2
        return f"{self.code[:half]}-{self.code[half:]}"
