"""What an organization sells, who bought what, and the record of it."""

from billing.models.plan import BillingProfile, Plan, PlanScope
from billing.models.purchase import Invoice, Order, Payment
from billing.models.subscription import Subscription

__all__ = [
    "BillingProfile",
    "Invoice",
    "Order",
    "Payment",
    "Plan",
    "PlanScope",
    "Subscription",
]
