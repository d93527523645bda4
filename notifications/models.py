"""What people are told, and how often they wish to hear of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User


class Cadence(models.TextChoices):
    """How soon a mail follows."""

    NOW = "now", pgettext_lazy("mail", "at once")
    DAILY = "daily", _("once a day")
    WEEKLY = "weekly", _("once a week")
    NEVER = "never", _("never")


class Notification(TenantModel):
    """Something that happened and concerns a person: shown in their list, mailed as they wish.

    Kept as facts and told in words when it is read, so that it follows the reader's language and time zone.
    """

    user = TenantForeignKey(
        User, on_delete=models.CASCADE, related_name="notifications", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=50)
    source = models.CharField(
        _("source"), max_length=200, help_text=_("The event, so that nobody is told of it twice.")
    )
    facts = models.JSONField(_("facts"), default=dict)
    happened_at = models.DateTimeField(_("happened"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    cadence = models.CharField(_("mailed"), max_length=10, choices=Cadence)
    mailed_at = models.DateTimeField(_("mailed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-happened_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-happened_at", "-id"], name="idx_notification_user"),
            models.Index(
                fields=["user"], condition=Q(read_at__isnull=True), name="idx_notification_unread"
            ),
            models.Index(
                fields=["organization", "cadence", "user"],
                condition=Q(mailed_at__isnull=True, cadence__in=["daily", "weekly"]),
                name="idx_notification_waiting",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "source"], name="notifications_notification_once"
            ),
            models.CheckConstraint(
                condition=Q(cadence__in=Cadence.values),
                name="notifications_notification_cadence_known",
            ),
        ]

    def __str__(self):
        return self.kind


class Preference(TenantModel):
    """How often a person wishes to be mailed about one kind of event."""

    user = TenantForeignKey(
        User,
        on_delete=models.CASCADE,
        related_name="notification_preferences",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind"), max_length=50)
    cadence = models.CharField(_("mailed"), max_length=10, choices=Cadence)

    class Meta:
        verbose_name = _("wish about mails")
        verbose_name_plural = _("wishes about mails")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notifications_preference_once"),
            models.CheckConstraint(
                condition=Q(cadence__in=Cadence.values),
                name="notifications_preference_cadence_known",
            ),
        ]

    def __str__(self):
        return self.kind
