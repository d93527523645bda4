"""What somebody asked for, what they owe for it, and what was paid: records that only grow."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.plan import CURRENCY_PATTERN, Plan
from billing.models.subscription import Subscription
from courses.models import Course
from tenancy.fields import TenantForeignKey, TenantOneToOneField
from tenancy.models import TenantModel
from users.models import User


class Order(TenantModel):
    """Somebody's wish for a course, or for one period of a plan. It is paid when its invoice is."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("order", "Waiting for payment")
        PAID = "paid", pgettext_lazy("order", "Paid")
        CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")

    STANDING = (Status.OPEN, Status.PAID)

    buyer = TenantForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("buyer")
    )
    course = TenantForeignKey(
        Course,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("course"),
    )
    plan = TenantForeignKey(
        Plan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("plan"),
    )
    subscription = TenantForeignKey(
        Subscription,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="orders",
        verbose_name=_("subscription"),
    )
    period_starts_on = models.DateField(_("first day of the period"), null=True, blank=True)
    status = models.CharField(_("state"), max_length=20, choices=Status, default=Status.OPEN)
    ordered_at = models.DateTimeField(_("ordered"))

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-ordered_at", "-id"]
        indexes = [
            models.Index(
                fields=["organization", "-ordered_at", "-id"], name="idx_billing_order_newest"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "course"],
                condition=Q(status__in=["open", "paid"], course__isnull=False),
                name="billing_order_course_once",
            ),
            models.UniqueConstraint(
                fields=["buyer", "plan"],
                condition=Q(status="open", plan__isnull=False),
                name="billing_order_plan_one_open",
            ),
            models.UniqueConstraint(
                fields=["subscription", "period_starts_on"],
                condition=Q(status__in=["open", "paid"], subscription__isnull=False),
                name="billing_order_period_once",
            ),
            models.CheckConstraint(
                condition=Q(course__isnull=False, plan__isnull=True)
                | Q(course__isnull=True, plan__isnull=False),
                name="billing_order_course_or_plan",
            ),
            models.CheckConstraint(
                condition=Q(subscription__isnull=True, period_starts_on__isnull=True)
                | Q(subscription__isnull=False, period_starts_on__isnull=False, plan__isnull=False),
                name="billing_order_period_of_plan",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "paid", "cancelled"]),
                name="billing_order_status_known",
            ),
        ]

    def __str__(self):
        loaded = self._state.fields_cache
        return str(
            loaded.get("course") or loaded.get("plan") or self.course_id or self.plan_id or self.pk
        )


class Invoice(TenantModel):
    """A numbered demand for money, or the credit note that takes one back.

    The database numbers it, by organization and year and without gaps, and lets nothing change but its
    state. Amounts hold the tax: `gross = net + tax`; those of a credit note are negative. `lines` are
    `{"text": …, "amount": "12.00"}` and sum up to `gross`.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("invoice", "Open")
        PAID = "paid", pgettext_lazy("invoice", "Paid")
        CANCELLED = "cancelled", pgettext_lazy("invoice", "Cancelled")
        ISSUED = "issued", pgettext_lazy("invoice", "Issued")

    order = TenantForeignKey(
        Order, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("order")
    )
    buyer = TenantForeignKey(
        User,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("buyer"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.INVOICE)
    cancels = TenantOneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_note",
        verbose_name=_("takes back"),
    )
    status = models.CharField(_("state"), max_length=20, choices=Status, default=Status.OPEN)
    year = models.PositiveSmallIntegerField(_("year"), editable=False)
    number = models.PositiveIntegerField(_("number"), editable=False, default=0)
    issued_on = models.DateField(_("issued"))
    due_on = models.DateField(_("to be paid until"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10)
    seller_name = models.CharField(_("seller"), max_length=200)
    seller_address = models.TextField(_("address of the seller"), blank=True)
    tax_number = models.CharField(_("tax number"), max_length=50, blank=True)
    payment_details = models.TextField(_("how to pay"), blank=True)
    buyer_name = models.CharField(_("name of the buyer"), max_length=200)
    buyer_address = models.TextField(_("address of the buyer"), blank=True)
    lines = models.JSONField(_("lines"))
    currency = models.CharField(_("currency"), max_length=3)
    tax_rate = models.DecimalField(_("tax in percent"), max_digits=5, decimal_places=2)
    net = models.DecimalField(_("without tax"), max_digits=12, decimal_places=2)
    tax = models.DecimalField(_("tax"), max_digits=12, decimal_places=2)
    gross = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-year", "-number"]
        indexes = [
            models.Index(fields=["buyer", "-year", "-number"], name="idx_billing_invoice_buyer"),
            models.Index(
                fields=["organization", "status", "-year", "-number"],
                name="idx_billing_invoice_status",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "year", "number"], name="billing_invoice_number_once"
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(kind="invoice"),
                name="billing_invoice_one_for_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="invoice",
                    cancels__isnull=True,
                    due_on__isnull=False,
                    gross__gt=0,
                    status__in=["open", "paid", "cancelled"],
                )
                | Q(
                    kind="credit_note",
                    cancels__isnull=False,
                    due_on__isnull=True,
                    gross__lt=0,
                    status="issued",
                ),
                name="billing_invoice_kind_consistent",
            ),
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("tax")), name="billing_invoice_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_PATTERN), name="billing_invoice_currency_code"
            ),
            models.CheckConstraint(
                condition=Q(tax_rate__gte=0, tax_rate__lte=100), name="billing_invoice_tax_range"
            ),
        ]

    def __str__(self):
        return self.full_number

    @property
    def full_number(self) -> str:
        """As it stands on the paper: `2026-0007`."""
        return f"{self.year}-{self.number:04d}"


class PaymentQuerySet(models.QuerySet):
    def total(self):
        """The sum of these payments, which are in one currency."""
        return self.aggregate(total=models.Sum("amount", default=0))["total"]


class Payment(TenantModel):
    """Money that came in for an invoice, or the counter-entry that takes such an entry back.

    Written once: the database refuses to change or delete it.
    """

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("Bank transfer")
        CASH = "cash", _("Cash")
        CARD = "card", _("Card")
        OTHER = "other", _("Something else")

    invoice = TenantForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="payments", verbose_name=_("invoice")
    )
    buyer = TenantForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("buyer")
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    method = models.CharField(_("paid by"), max_length=20, choices=Method)
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    received_on = models.DateField(_("received"))
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    corrects = TenantOneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="correction",
        verbose_name=_("takes back"),
    )

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-recorded_at", "-id"]
        indexes = [
            models.Index(
                fields=["organization", "-recorded_at", "-id"], name="idx_billing_payment_newest"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, amount__gt=0)
                | Q(corrects__isnull=False, amount__lt=0),
                name="billing_payment_sign",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_PATTERN), name="billing_payment_currency_code"
            ),
            models.CheckConstraint(
                condition=Q(method__in=["transfer", "cash", "card", "other"]),
                name="billing_payment_method_known",
            ),
        ]

    def __str__(self):
        return f"{self.amount} {self.currency}"
