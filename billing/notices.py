"""What buyers and those who keep the books are told."""

from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Invoice, Order, Payment, Plan
from billing.permissions import can_manage_billing
from lib.money import money
from notifications.kinds import Kind, Message, declare
from notifications.models import Cadence
from notifications.services import notify
from users.models import Permission
from users.permissions import holders_of


def _amount(facts):
    return {"number": facts["number"], "amount": money(Decimal(facts["amount"]), facts["currency"])}


def _paid(facts):
    title = _("Your payment for “%(thing)s” has arrived") % {"thing": facts["thing"]}
    text = _("Invoice %(number)s over %(amount)s is paid. Thank you.") % _amount(facts)
    return Message(title, text, reverse("billing:invoice", args=[facts["invoice"]]))


def _renewal(facts):
    title = _("The next period of your plan “%(plan)s”") % {"plan": facts["thing"]}
    text = _("Invoice %(number)s over %(amount)s waits for you.") % _amount(facts)
    return Message(title, text, reverse("billing:invoice", args=[facts["invoice"]]))


def _ordered(facts):
    values = {"name": facts["name"], "thing": facts["thing"]}
    title = _("%(name)s asks for “%(thing)s”") % values
    text = _("Invoice %(number)s over %(amount)s was issued.") % _amount(facts)
    return Message(title, text, reverse("billing:invoice", args=[facts["invoice"]]))


PAID = declare(Kind("billing.paid", gettext_lazy("My payment has arrived"), _paid, Cadence.NOW))
RENEWAL = declare(
    Kind("billing.renewal", gettext_lazy("The next invoice of my plan"), _renewal, Cadence.NOW)
)
ORDERED = declare(
    Kind(
        "billing.ordered",
        gettext_lazy("Somebody orders a course or a plan"),
        _ordered,
        Cadence.DAILY,
        is_for=can_manage_billing,
    )
)


def _facts(invoice, thing):
    return {
        "invoice": str(invoice.pk),
        "number": invoice.full_number,
        "amount": str(invoice.gross),
        "currency": invoice.currency,
        "thing": thing,
    }


def tell_of_payment(payment: Payment, *, order: Order, at: datetime) -> None:
    """Tell the buyer that an invoice is paid."""
    facts = _facts(payment.invoice, str(order.course.title if order.course else order.plan.name))
    notify([payment.buyer_id], PAID, source=f"payment:{payment.pk}", facts=facts, now=at)


def tell_of_renewal(invoice: Invoice, *, plan: Plan, at: datetime) -> None:
    """Tell somebody that the next period of their plan is billed."""
    facts = _facts(invoice, plan.name)
    notify([invoice.buyer_id], RENEWAL, source=f"invoice:{invoice.pk}", facts=facts, now=at)


def tell_of_order(invoice: Invoice, *, thing: str, at: datetime) -> None:
    """Tell those who keep the books that somebody ordered."""
    facts = _facts(invoice, thing) | {"name": invoice.buyer_name}
    keepers = holders_of(Permission.ORGANIZATION_MANAGE)
    notify(keepers, ORDERED, source=f"invoice:{invoice.pk}", facts=facts, now=at)
