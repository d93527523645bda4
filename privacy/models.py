"""What people ask for about their own data, a copy of it or its erasure; and how long an organization keeps what."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User


class DataExport(TenantModel):
    """A copy of everything the site holds about a person, made by the worker and kept for some days."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Deleted")

    UNDER_WAY = (Status.WAITING, Status.RUNNING)

    person = TenantForeignKey(
        User, on_delete=models.CASCADE, related_name="data_exports", verbose_name=_("person")
    )
    requested_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    status = models.CharField(_("state"), max_length=20, choices=Status, default=Status.WAITING)
    done_count = models.PositiveIntegerField(_("steps done"), default=0)
    step_count = models.PositiveIntegerField(_("steps"), default=0)
    file = models.FileField(_("file"), upload_to="exports/", max_length=255, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    expires_at = models.DateTimeField(_("is deleted"), null=True, blank=True)

    class Meta:
        verbose_name = _("copy of personal data")
        verbose_name_plural = _("copies of personal data")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["person", "-created_at", "-id"], name="idx_privacy_export_person"),
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_privacy_export_created"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status__in=["waiting", "running"]),
                name="privacy_dataexport_one_under_way",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running", "ready", "failed", "expired"]),
                name="privacy_dataexport_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="ready") | (~Q(file="") & Q(expires_at__isnull=False)),
                name="privacy_dataexport_ready_has_file",
            ),
            models.CheckConstraint(
                condition=Q(done_count__lte=models.F("step_count")),
                name="privacy_dataexport_not_above_all",
            ),
        ]

    def __str__(self):
        return f"{self.get_status_display()} {self.created_at:%Y-%m-%d}"

    @property
    def is_under_way(self):
        return self.status in self.UNDER_WAY

    @property
    def percent(self):
        return 100 * self.done_count // self.step_count if self.step_count else 0

    def can_be_downloaded(self, now):
        return self.status == self.Status.READY and now < self.expires_at


class ErasureRequestQuerySet(models.QuerySet):
    def open(self):
        """Those on which nobody has decided, or whose erasure is still to be done."""
        return self.filter(status__in=ErasureRequest.OPEN)


class ErasureRequest(TenantModel):
    """Somebody's wish that the site forgets them, what became of it, and the proof that it was done."""

    class Status(models.TextChoices):
        PENDING = "pending", pgettext_lazy("erasure", "Waiting for a decision")
        WITHDRAWN = "withdrawn", pgettext_lazy("erasure", "Taken back")
        REJECTED = "rejected", pgettext_lazy("erasure", "Rejected")
        APPROVED = "approved", pgettext_lazy("erasure", "Approved")
        DONE = "done", pgettext_lazy("erasure", "Erased")

    OPEN = (Status.PENDING, Status.APPROVED)

    person = TenantForeignKey(
        User, on_delete=models.PROTECT, related_name="erasure_requests", verbose_name=_("person")
    )
    status = models.CharField(_("state"), max_length=20, choices=Status, default=Status.PENDING)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    proof = models.JSONField(_("proof"), default=dict, blank=True)
    proof_hash = models.CharField(_("checksum of the proof"), max_length=64, blank=True)
    records_until = models.DateField(_("records are kept until"), null=True, blank=True)
    records_gone_at = models.DateTimeField(_("records deleted"), null=True, blank=True)

    objects = ErasureRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["person", "-created_at", "-id"], name="idx_privacy_erasure_person"
            ),
            models.Index(
                fields=["organization", "status", "created_at", "id"],
                name="idx_privacy_erasure_status",
            ),
            models.Index(
                fields=["organization", "records_until"],
                condition=Q(records_until__isnull=False, records_gone_at__isnull=True),
                name="idx_privacy_erasure_records",
            ),
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_privacy_erasure_created"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status__in=["pending", "approved"]),
                name="privacy_erasurerequest_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "withdrawn", "rejected", "approved", "done"]),
                name="privacy_erasurerequest_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["rejected", "approved", "done"])
                | Q(decided_at__isnull=False),
                name="privacy_erasurerequest_decided_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status="done", done_at__isnull=False)
                | (~Q(status="done") & Q(done_at__isnull=True, proof_hash="")),
                name="privacy_erasurerequest_done_has_time",
            ),
        ]

    def __str__(self):
        return f"{self.get_status_display()} {self.created_at:%Y-%m-%d}"

    @property
    def is_open(self):
        return self.status in self.OPEN


def whole_number(label, *, default, least, most, **options):
    """A field for so many days, months or years."""
    limits = [MinValueValidator(least), MaxValueValidator(most)]
    return models.PositiveSmallIntegerField(label, default=default, validators=limits, **options)


class RetentionPolicy(TenantModel):
    """How long an organization keeps what it could do without. Where it has said nothing, the defaults hold."""

    export_days = whole_number(
        _("copies of personal data, in days"),
        default=7,
        least=1,
        most=30,
        help_text=_("How long somebody can download the copy that was made for them."),
    )
    notification_months = whole_number(
        _("notifications, in months"),
        default=6,
        least=1,
        most=24,
    )
    visit_months = whole_number(
        _("details of visits, in months"),
        default=12,
        least=3,
        most=120,
        help_text=_(
            "When and how often lessons were opened, once the person has left or finished the course and not "
            "come back. What was completed, and the time it took, stays."
        ),
    )
    security_log_months = whole_number(
        _("security log, in months"),
        default=24,
        least=12,
        most=120,
        help_text=_("At least a year, so that a break-in that is found late can be followed."),
    )
    record_years = whole_number(
        _("records of people who were erased, in years"),
        default=10,
        least=1,
        most=100,
        help_text=_(
            "Enrollments and progress that stay without a name. Ask which period the law sets for you; it holds "
            "for erasures from now on, since each proof names its date."
        ),
    )

    class Meta:
        verbose_name = _("retention")
        verbose_name_plural = _("retention")
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                name="privacy_retentionpolicy_once",
                violation_error_message=_("There is one already."),
            ),
            models.CheckConstraint(
                condition=Q(export_days__range=(1, 30))
                & Q(notification_months__range=(1, 24))
                & Q(visit_months__range=(3, 120))
                & Q(security_log_months__range=(12, 120))
                & Q(record_years__range=(1, 100)),
                name="privacy_retentionpolicy_within_limits",
            ),
        ]

    def __str__(self):
        return str(self._meta.verbose_name)
