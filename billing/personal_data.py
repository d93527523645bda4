"""What is personal in billing: the books stay as they are, for the law asks to keep them."""

from django.utils.translation import gettext_lazy as _

from billing.models import (
    BillingProfile,
    Invoice,
    Order,
    Payment,
    Plan,
    PlanScope,
    Subscription,
)
from tenancy.personal import declare, nothing_personal

ON_OFFER = _("It tells what the organization sells.")
BOOKS = _("The law asks organizations to keep what they sold, and for how much, for years.")
ON_PAPER = _("It stands on an invoice, and the law forbids to change one.")

nothing_personal(
    BillingProfile,
    "seller_name",
    "seller_address",
    "tax_number",
    "payment_details",
    reason=_("It tells about the organization and how to pay it."),
)
nothing_personal(Plan, "name", "description", "currency", "features", reason=ON_OFFER)
nothing_personal(PlanScope, "tag", reason=ON_OFFER)
declare(
    Subscription,
    heading=_("Plans I have or had"),
    person="user_id",
    reason=BOOKS,
    facts=["plan", "status", "starts_on", "ends_on", "renews", "cancelled_at"],
)
declare(
    Order,
    heading=_("What I ordered"),
    person="buyer_id",
    reason=BOOKS,
    facts=["course", "plan", "status", "ordered_at", "period_starts_on"],
)
declare(
    Invoice,
    heading=_("My invoices"),
    person="buyer_id",
    reason=BOOKS,
    kept={"buyer_name": ON_PAPER, "buyer_address": ON_PAPER, "lines": ON_PAPER},
    facts=["kind", "year", "number", "issued_on", "due_on", "status", "gross", "tax", "currency"],
    impersonal=["language", "seller_name", "seller_address", "tax_number", "payment_details"],
)
declare(
    Payment,
    heading=_("What I paid"),
    person="buyer_id",
    reason=BOOKS,
    kept={"reference": ON_PAPER},
    facts=["invoice", "amount", "currency", "method", "received_on"],
)
