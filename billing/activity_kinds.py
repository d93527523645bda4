"""What the activity feeds say about what is sold and paid."""

from django.utils.translation import gettext_lazy as _

from activity.registry import Kind, register
from billing.models import (
    BillingProfile,
    Invoice,
    Order,
    Payment,
    Plan,
    PlanScope,
    Subscription,
)

_STATES = {
    "active": _("%(who)s resumed %(thing)s"),
    "past_due": _("%(thing)s is not paid in time"),
    "cancelled": _("%(who)s cancelled %(thing)s"),
    "ended": _("%(who)s ended %(thing)s"),
}


def tell_subscription(before: dict | None, after: dict | None) -> str | None:
    if before is None or after is None:
        return None
    return _STATES.get(after.get("status"))


def tell_payment(before: dict | None, after: dict | None) -> str | None:
    if before is not None or after is None:
        return None
    if after.get("corrects_id"):
        return _("%(who)s took back %(thing)s")
    return _("%(who)s recorded %(thing)s")


register(
    Kind(BillingProfile, _("the details for invoices"), columns=(), weight=4),
    Kind(Plan, _("the plan “%(name)s”"), columns=("name",), weight=8),
    Kind(
        PlanScope,
        _("what a plan opens: “%(name)s”"),
        columns=("course_id", "subject_id", "tag"),
        hidden=frozenset({"plan_id"}),
        weight=4,
    ),
    Kind(
        Subscription,
        _("the subscription %(name)s"),
        columns=("plan_id", "user_id"),
        tells=tell_subscription,
        hidden=frozenset({"cancelled_at"}),
        weight=8,
    ),
    Kind(
        Order,
        _("the order of %(name)s"),
        columns=("buyer_id", "course_id", "plan_id"),
        hidden=frozenset({"ordered_at"}),
        weight=6,
    ),
    Kind(
        Invoice,
        _("an invoice for %(name)s"),
        columns=("buyer_id",),
        hidden=frozenset({"order_id", "buyer_id", "language", "payment_details"}),
        weight=5,
    ),
    Kind(
        Payment,
        _("a payment of %(name)s"),
        columns=("buyer_id",),
        tells=tell_payment,
        hidden=frozenset({"buyer_id", "recorded_at", "recorded_by_id"}),
        weight=9,
    ),
)
