"""What an organization sells beside single courses, and what its invoices say of it as the seller."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Subject
from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel

CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", _("Write a currency as three capitals, such as EUR."))
CURRENCY_PATTERN = r"^[A-Z]{3}$"


class BillingProfile(TenantModel):
    """The seller on an organization's invoices, the tax they hold, and how people pay.

    Prices hold the tax. What an invoice said when it was issued, it says for good.
    """

    seller_name = models.CharField(_("name on invoices"), max_length=200)
    seller_address = models.TextField(_("address on invoices"), blank=True)
    tax_number = models.CharField(_("tax number"), max_length=50, blank=True)
    tax_rate = models.DecimalField(
        _("tax in percent"),
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Prices hold it already. 0: invoices name no tax."),
    )
    payment_days = models.PositiveSmallIntegerField(
        _("days to pay"),
        default=14,
        validators=[MaxValueValidator(365)],
    )
    payment_details = models.TextField(
        _("how people pay"), blank=True, help_text=_("Such as the bank account for transfers.")
    )

    class Meta:
        verbose_name = _("details for invoices")
        verbose_name_plural = _("details for invoices")
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                name="billing_billingprofile_once",
                violation_error_message=_("There is one already."),
            ),
            models.CheckConstraint(
                condition=Q(tax_rate__gte=0, tax_rate__lte=100),
                name="billing_billingprofile_tax_range",
            ),
            models.CheckConstraint(
                condition=Q(payment_days__lte=365), name="billing_billingprofile_days_range"
            ),
        ]

    def __str__(self):
        return self.seller_name


class PlanQuerySet(models.QuerySet):
    def on_offer(self):
        """Those that somebody can ask for."""
        return self.filter(is_active=True, subject=Plan.Subject.USER)


class Plan(TenantModel):
    """Courses for a price per period: for one person, or for everybody in the organization."""

    class Subject(models.TextChoices):
        USER = "user", _("One person")
        ORGANIZATION = "organization", _("The whole organization")

    class Cycle(models.TextChoices):
        MONTH = "month", _("every month")
        QUARTER = "quarter", _("every three months")
        YEAR = "year", _("every year")
        ONCE = "once", _("once")

    subject = models.CharField(_("for"), max_length=20, choices=Subject, default=Subject.USER)
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), blank=True)
    price = models.DecimalField(
        _("price"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR", validators=[CURRENCY])
    billing_cycle = models.CharField(_("paid"), max_length=50, choices=Cycle, default=Cycle.MONTH)
    opens_all_courses = models.BooleanField(_("opens all courses"), default=False)
    features = models.JSONField(
        _("what it gives"),
        default=list,
        blank=True,
        help_text=_("A list of short texts, shown beside the price."),
    )
    is_active = models.BooleanField(
        _("on offer"), default=True, help_text=_("Off: nobody new; whoever has it keeps it.")
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["price", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("name"),
                name="billing_plan_name_once",
                violation_error_message=_("There is a plan of this name already."),
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="billing_plan_price_range"),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_PATTERN), name="billing_plan_currency_code"
            ),
            models.CheckConstraint(
                condition=Q(subject__in=["user", "organization"]),
                name="billing_plan_subject_known",
            ),
            models.CheckConstraint(
                condition=Q(billing_cycle__in=["month", "quarter", "year", "once"]),
                name="billing_plan_cycle_known",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def feature_texts(self) -> list[str]:
        """What it gives, as texts; whatever else somebody put there is left out."""
        features = self.features if isinstance(self.features, list) else []
        return [text for text in features if isinstance(text, str)]


class PlanScope(TenantModel):
    """What a plan opens: one course, all of a subject, or all with a tag."""

    plan = TenantForeignKey(
        Plan,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="scopes",
        verbose_name=_("plan"),
    )
    course = TenantForeignKey(
        Course,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("course"),
    )
    subject = TenantForeignKey(
        Subject,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("subject"),
    )
    tag = models.CharField(_("tag"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("part of a plan")
        verbose_name_plural = _("parts of a plan")
        ordering = ["plan", "created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "course", "subject", "tag"],
                nulls_distinct=False,
                name="billing_planscope_once",
                violation_error_message=_("The plan has this part already."),
            ),
            models.CheckConstraint(
                condition=Q(course__isnull=False, subject__isnull=True, tag="")
                | Q(course__isnull=True, subject__isnull=False, tag="")
                | (Q(course__isnull=True, subject__isnull=True) & ~Q(tag="")),
                name="billing_planscope_one_of_three",
                violation_error_message=_("Choose a course, a subject or a tag."),
            ),
        ]

    def __str__(self):
        return self.tag or str(self.course_id or self.subject_id)
