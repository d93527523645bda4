"""Asking for a course, for a plan, and for its next period."""

from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing.entitlements import entitlements_of
from billing.models import Invoice, Order, Plan, Subscription
from billing.notices import tell_of_order, tell_of_renewal
from billing.services.errors import BillingRefused
from billing.services.invoicing import Billed, issue_invoice
from billing.services.subscriptions import start_subscription
from enrollments.standing import Standing


@transaction.atomic
def order_course(standing: Standing, *, billed: Billed, now: datetime) -> Invoice:
    """Order the course of a standing for its person, at its price of this moment. Returns the invoice.

    A repeat gives the same invoice. Raises BillingRefused for whom there is nothing to pay.
    """
    decision = entitlements_of(standing, now=now)
    if decision:
        raise BillingRefused(decision.message)
    wish = {"buyer": standing.user, "course_id": standing.course_id}
    return _bill(
        wish,
        text=_("Course “%(course)s”") % {"course": standing.title},
        thing=standing.title,
        price=standing.price,
        currency=standing.currency,
        billed=billed,
        now=now,
    )


@transaction.atomic
def order_plan(
    plan: Plan, buyer, *, billed: Billed | None, now: datetime
) -> Invoice | Subscription:
    """Order the first period of a plan. Returns the invoice; for a plan that costs nothing, the subscription,
    and then nobody is billed.

    A repeat gives the same invoice. Raises BillingRefused for a plan that is not on offer, and for one that
    the person has.
    """
    if not plan.is_active or plan.subject != Plan.Subject.USER:
        raise BillingRefused(_("This plan is not on offer any more."))
    if Subscription.objects.live().filter(plan=plan, user=buyer).exists():
        raise BillingRefused(_("You have this plan already."))
    if not plan.price:
        return start_subscription(plan, buyer, starts_on=now.date(), now=now)
    return _bill(
        {"buyer": buyer, "plan": plan},
        text=_("Plan “%(plan)s”") % {"plan": plan.name},
        thing=plan.name,
        price=plan.price,
        currency=plan.currency,
        billed=billed,
        now=now,
    )


@transaction.atomic
def order_next_period(
    subscription: Subscription, *, starts_on: date, now: datetime
) -> Invoice | None:
    """Bill the period of a subscription that begins on a day; None if that has been done. Tells its person."""
    plan, buyer = subscription.plan, subscription.user
    wish = {"buyer": buyer, "plan": plan, "subscription": subscription}
    order = _order_once(wish | {"period_starts_on": starts_on}, now=now)
    if order is None:
        return None
    billed = billed_before(buyer)
    with override(billed.language):
        text = _("Plan “%(plan)s”") % {"plan": plan.name}
    invoice = issue_invoice(
        order, text=text, price=plan.price, currency=plan.currency, billed=billed, now=now
    )
    tell_of_renewal(invoice, plan=plan, at=now)
    return invoice


def billed_before(buyer) -> Billed:
    """To whom the person's last invoice was written; by their account where there is none."""
    invoices = Invoice.objects.filter(buyer=buyer, kind=Invoice.Kind.INVOICE)
    last = invoices.order_by("-year", "-number").first()
    if last is None:
        return Billed(buyer.display_name, language=buyer.language or settings.LANGUAGE_CODE)
    return Billed(last.buyer_name, last.buyer_address, last.language)


def _bill(wish, *, text, thing, price, currency, billed, now):
    """The invoice of a new order, which its buyer is told of; the standing one where the same was wished before."""
    order = _order_once(wish, now=now)
    if order is None:
        return _standing_invoice(**wish)
    invoice = issue_invoice(
        order, text=text, price=price, currency=currency, billed=billed, now=now
    )
    tell_of_order(invoice, thing=thing, at=now)
    return invoice


def _order_once(wish, *, now):
    """A new order, None where the same wish stands already; the database decides between two at once."""
    try:
        with transaction.atomic():
            return Order.objects.create(ordered_at=now, **wish)
    except IntegrityError as error:
        if not any(name in str(error) for name in ONCE):
            raise
        return None


def _standing_invoice(**wish):
    invoices = Invoice.objects.filter(kind=Invoice.Kind.INVOICE)
    of_order = {f"order__{name}": value for name, value in wish.items()}
    standing = invoices.filter(order__status__in=Order.STANDING, **of_order)
    return standing.latest("year", "number")  # a plan may have been paid before


#: Constraints that hold a wish to one order.
ONCE = ("billing_order_course_once", "billing_order_plan_one_open", "billing_order_period_once")
