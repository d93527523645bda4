"""Every change to what is sold, owed and paid."""

from billing.services.errors import BillingRefused
from billing.services.invoicing import Billed, cancel_order, seller
from billing.services.ordering import order_course, order_plan
from billing.services.payments import correct_payment, record_payment
from billing.services.rolling import roll_over
from billing.services.subscriptions import (
    cancel_subscription,
    end_subscription,
    resume_subscription,
    start_subscription,
)

__all__ = [
    "Billed",
    "BillingRefused",
    "cancel_order",
    "cancel_subscription",
    "correct_payment",
    "end_subscription",
    "order_course",
    "order_plan",
    "record_payment",
    "resume_subscription",
    "roll_over",
    "seller",
    "start_subscription",
]
