"""Who has which plan, from when to when."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.plan import Plan
from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)
DAYS = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]


class SubscriptionQuerySet(models.QuerySet):
    def live(self):
        """Those that have not ended."""
        return self.exclude(status=Subscription.Status.ENDED)


class Subscription(TenantModel):
    """A plan that one person has, or everybody in the organization (`user` is None).

    `ends_on` is the last day that is paid for or promised, in UTC; None where there is none. One that
    `renews` goes on when its next period is paid.
    """

    class Status(models.TextChoices):
        TRIAL = "trial", pgettext_lazy("subscription", "Trial")
        ACTIVE = "active", pgettext_lazy("subscription", "Active")
        PAST_DUE = "past_due", pgettext_lazy("subscription", "Payment is late")
        CANCELLED = "cancelled", pgettext_lazy("subscription", "Cancelled")
        ENDED = "ended", pgettext_lazy("subscription", "Ended")

    plan = TenantForeignKey(
        Plan, on_delete=models.PROTECT, related_name="subscriptions", verbose_name=_("plan")
    )
    user = TenantForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("person"),
        help_text=_("Empty: everybody in the organization."),
    )
    status = models.CharField(_("state"), max_length=50, choices=Status, default=Status.ACTIVE)
    starts_on = models.DateField(_("starts"), validators=DAYS)
    ends_on = models.DateField(_("last day"), null=True, blank=True, validators=DAYS)
    renews = models.BooleanField(_("renews"), default=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["-starts_on", "-id"]
        indexes = [
            models.Index(fields=["user", "status"], name="idx_subscription_user_status"),
            models.Index(
                fields=["organization", "status", "ends_on"], name="idx_subscription_ending"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "user"],
                condition=~Q(status="ended"),
                nulls_distinct=False,
                name="billing_subscription_one_live",
                violation_error_message=_("There is a subscription to this plan already."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["trial", "active", "past_due", "cancelled", "ended"]),
                name="billing_subscription_status_known",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="billing_subscription_end_after_start",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__gte=FIRST_DAY)
                & (Q(ends_on__isnull=True) | Q(ends_on__lte=LAST_DAY)),
                name="billing_subscription_days_range",
            ),
            models.CheckConstraint(
                condition=Q(renews=False)
                | Q(ends_on__isnull=False, status__in=["active", "past_due"]),
                name="billing_subscription_renews_while_live",
            ),
            models.CheckConstraint(
                condition=Q(status="cancelled", cancelled_at__isnull=False)
                | Q(status="ended")
                | (~Q(status__in=["cancelled", "ended"]) & Q(cancelled_at__isnull=True)),
                name="billing_subscription_cancelled_has_time",
            ),
        ]

    def __str__(self):
        loaded = self._state.fields_cache  # names where a list has joined them, never a query
        plan, user = loaded.get("plan", self.plan_id), loaded.get("user", self.user_id)
        return f"{plan} · {user or _('everybody')}"
