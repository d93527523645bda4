"""What came in, and the counter-entries that take such entries back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import Invoice, Order, Payment, Subscription
from billing.notices import tell_of_payment
from billing.services.errors import BillingRefused
from billing.services.invoicing import lock_invoice
from billing.services.subscriptions import (
    pay_period,
    start_subscription,
    take_period_back,
)
from enrollments import services as enrollments
from lib.decisions import Decision, allow
from lib.money import money


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a payment did: whether the invoice is paid now, and why the buyer did not get what they paid for."""

    payment: Payment
    is_paid: bool
    delivery: Decision


@transaction.atomic
def record_payment(
    invoice_id: UUID,
    *,
    amount: Decimal,
    currency: str,
    method: str,
    reference: str = "",
    received_on: date,
    by,
    now: datetime,
) -> Receipt:
    """Write down money that came in for an invoice; the last of it lets the buyer in, in the same transaction.

    Locks the invoice. A course that is full or has become closed to the buyer does not undo the payment:
    `delivery` says why, and the buyer gets in when that has changed. Raises BillingRefused where the amount or
    the currency does not fit what is still owed.
    """
    invoice = lock_invoice(invoice_id)
    if invoice.kind != Invoice.Kind.INVOICE or invoice.status == Invoice.Status.CANCELLED:
        raise BillingRefused(_("This invoice was taken back. Nothing is owed for it."))
    if currency != invoice.currency:
        raise BillingRefused(_("This invoice is in %(currency)s.") % {"currency": invoice.currency})
    owed = invoice.gross - invoice.payments.total()
    if not 0 < amount <= owed:
        values = {"amount": money(owed, invoice.currency)}
        raise BillingRefused(_("What is still owed is %(amount)s.") % values)
    payment = Payment.objects.create(
        invoice=invoice,
        buyer_id=invoice.buyer_id,
        amount=amount,
        currency=currency,
        method=method,
        reference=reference,
        received_on=received_on,
        recorded_at=now,
        recorded_by=by,
    )
    if amount < owed:
        return Receipt(payment, False, allow())
    order = Order.objects.select_related("buyer", "plan", "course", "subscription").get(
        pk=invoice.order_id
    )
    delivery = _deliver(order, by=by, now=now)
    tell_of_payment(payment, order=order, at=now)
    return Receipt(payment, True, delivery)


@transaction.atomic
def correct_payment(payment_id: UUID, *, reason: str, by, now: datetime) -> Payment:
    """Take a payment back by a counter-entry: the invoice is open again. Returns the counter-entry.

    A place on a course that was bought stays until staff end it; a plan counts as late. A repeat returns the
    same counter-entry. Raises BillingRefused for a counter-entry.
    """
    payment = Payment.objects.get(pk=payment_id)
    invoice = lock_invoice(payment.invoice_id)
    if payment.corrects_id is not None:
        raise BillingRefused(_("A counter-entry is not taken back; record the payment anew."))
    known = Payment.objects.filter(corrects=payment).first()
    if known is not None:
        return known
    counter_entry = Payment.objects.create(
        invoice=invoice,
        buyer_id=payment.buyer_id,
        amount=-payment.amount,
        currency=payment.currency,
        method=payment.method,
        reference=reason,
        received_on=now.date(),
        recorded_at=now,
        recorded_by=by,
        corrects=payment,
    )
    order = Order.objects.get(pk=invoice.order_id)
    if invoice.status == Invoice.Status.PAID and order.subscription_id is not None:
        take_period_back(order.subscription_id)
    return counter_entry


def _deliver(order: Order, *, by, now) -> Decision:
    """Give the buyer what the order was for; why not, where that is not possible now."""
    if order.course_id is None:
        _give_plan(order, now=now)
        return allow()
    try:
        with transaction.atomic():
            enrollments.enroll(order.course_id, order.buyer, by=by, now=now)
    except enrollments.EnrollmentRefused as refused:
        return refused.decision
    return allow()


def _give_plan(order, *, now):
    """Begin the plan of an order, or let it go on; and remember which period the money was for."""
    live = Subscription.objects.live().filter(plan=order.plan, user=order.buyer).first()
    if live is None:
        order.subscription = start_subscription(
            order.plan, order.buyer, starts_on=now.date(), now=now
        )
        order.period_starts_on = order.subscription.starts_on
    elif order.subscription_id != live.pk:
        order.subscription = live
        order.period_starts_on = (live.ends_on or live.starts_on) + timedelta(days=1)
    order.save(update_fields=["subscription", "period_starts_on"])
    pay_period(order.subscription_id, starts_on=order.period_starts_on, now=now)
