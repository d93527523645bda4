"""Plans, subscriptions and the books in the back office. What is owed and paid moves through services alone."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing import services
from billing.models import (
    BillingProfile,
    Invoice,
    Order,
    Payment,
    Plan,
    PlanScope,
    Subscription,
)
from courses.forms import ListField
from tenancy.admin import (
    ReadOnlyAdmin,
    TenantAdmin,
    TenantModelForm,
    TenantTabularInline,
    service_action,
)

PEOPLE = ["__username__istartswith", "__email__istartswith", "__last_name__istartswith"]


@admin.register(BillingProfile)
class BillingProfileAdmin(TenantAdmin):
    """One per organization, which is changed and never deleted."""

    list_display = ["__str__", "tax_rate", "payment_days"]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not BillingProfile.objects.exists()

    def can_delete(self, user, obj=None):
        return False


class PlanForm(TenantModelForm):
    """What a plan gives is written one text a line."""

    features = ListField(
        label=_("What it gives"),
        help_text=_("One per line."),
        max_items=10,
        max_item_length=100,
    )


class PlanScopeInline(TenantTabularInline):
    model = PlanScope
    fields = ["course", "subject", "tag"]
    autocomplete_fields = ["course", "subject"]
    show_change_link = False
    verbose_name_plural = _("what it opens: in each row a course, a subject or a tag")


@admin.register(Plan)
class PlanAdmin(TenantAdmin):
    """What is on offer. A plan that somebody has is taken off the offer, not deleted."""

    form = PlanForm
    list_display = ["name", "subject", "price", "currency", "billing_cycle", "is_active"]
    list_filter = ["subject", "is_active", "billing_cycle"]
    search_fields = ["name__istartswith"]
    fieldsets = [
        (None, {"fields": ["name", "subject", "is_active"]}),
        (_("Price"), {"fields": ["price", "currency", "billing_cycle"]}),
        (_("What it gives"), {"fields": ["description", "features", "opens_all_courses"]}),
    ]
    inlines = [PlanScopeInline]

    def get_readonly_fields(self, request, obj=None):
        return ["subject", "billing_cycle"] if obj is not None else []


@admin.register(PlanScope)
class PlanScopeAdmin(ReadOnlyAdmin):
    list_display = ["plan", "course", "subject", "tag"]
    list_display_links = ["plan"]
    list_select_related = ["plan", "course", "subject"]
    list_filter = ["plan"]
    ordering = ["plan", "id"]


class SubscriptionForm(TenantModelForm):
    is_trial = forms.BooleanField(label=_("trial"), required=False)


@admin.register(Subscription)
class SubscriptionAdmin(TenantAdmin):
    """Who has which plan: given here or by a payment, and moved by the actions of the list."""

    form = SubscriptionForm
    record_of = "user_id"
    refusals = (services.BillingRefused,)
    list_display = ["plan", "user", "status", "starts_on", "ends_on", "renews"]
    list_display_links = ["plan"]
    list_select_related = ["plan", "user"]
    list_filter = ["status", "plan", "renews"]
    search_fields = [f"user{lookup}" for lookup in PEOPLE]
    ordering = ["-starts_on", "-id"]
    autocomplete_fields = ["plan", "user"]
    actions = ["cancel", "resume", "end"]

    def get_fields(self, request, obj=None):
        given = ["plan", "user", "starts_on", "ends_on"]
        return [*given, "is_trial"] if obj is None else [*given, "status", "renews", "cancelled_at"]

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else self.get_fields(request, obj)

    def can_delete(self, user, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        """Give somebody a plan; nothing else is edited here."""
        if change:
            return
        given = services.start_subscription(
            obj.plan,
            obj.user,
            starts_on=obj.starts_on,
            ends_on=obj.ends_on,
            is_trial=form.cleaned_data["is_trial"],
            now=request.now,
        )
        obj.pk = given.pk
        obj._state.adding = False

    @service_action(_("Cancel at its end"))
    def cancel(self, request, subscription):
        services.cancel_subscription(subscription.pk, now=request.now)

    @service_action(_("Take the cancellation back"))
    def resume(self, request, subscription):
        services.resume_subscription(subscription.pk, now=request.now)

    @service_action(
        _("End now …"),
        warning=_(
            "Courses that only these plans opened close at once, and unpaid bills are taken back."
        ),
    )
    def end(self, request, subscription):
        services.end_subscription(subscription.pk, now=request.now)


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    record_of = "buyer_id"
    list_display = ["__str__", "buyer", "status", "ordered_at"]
    list_select_related = ["buyer", "course", "plan"]
    list_filter = ["status", "plan", "ordered_at"]
    search_fields = [f"buyer{lookup}" for lookup in PEOPLE]
    ordering = ["-ordered_at", "-id"]


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    """Invoices and credit notes; the page on the site records what comes in for one."""

    record_of = "buyer_id"
    refusals = (services.BillingRefused,)
    list_display = ["__str__", "kind", "buyer", "gross", "currency", "status", "due_on"]
    list_select_related = ["buyer"]
    list_filter = ["status", "kind", "year", "currency"]
    search_fields = [f"buyer{lookup}" for lookup in PEOPLE]
    ordering = ["-year", "-number"]
    actions = ["cancel"]

    def view_on_site(self, obj):
        return reverse("billing:invoice", args=[obj.pk])

    @service_action(
        _("Take back by a credit note …"),
        permission="view",
        warning=_("A credit note stays in the books for good."),
    )
    def cancel(self, request, invoice):
        services.cancel_order(invoice.pk, now=request.now)


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    record_of = "buyer_id"
    list_display = [
        "recorded_at",
        "invoice",
        "buyer",
        "amount",
        "currency",
        "method",
        "received_on",
        "recorded_by",
    ]
    list_display_links = ["recorded_at"]
    list_select_related = ["invoice", "buyer", "recorded_by"]
    list_filter = ["method", "currency", "received_on"]
    search_fields = [*(f"buyer{lookup}" for lookup in PEOPLE), "reference__istartswith"]
    ordering = ["-recorded_at", "-id"]
