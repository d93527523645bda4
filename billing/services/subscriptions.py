"""The life of subscriptions: beginning, going on, ending; and what their end means for places on courses."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from billing import places
from billing.arithmetic import next_period_end, period_end
from billing.models import Invoice, Plan, Subscription
from billing.services.errors import BillingRefused
from billing.services.invoicing import cancel_order
from billing.states import may_become

Status = Subscription.Status


@transaction.atomic
def start_subscription(
    plan: Plan,
    user,
    *,
    starts_on: date,
    now: datetime,
    ends_on: date | None = None,
    is_trial: bool = False,
) -> Subscription:
    """Give a person a plan, or everybody (`user` is None).

    Without `ends_on` it holds for the plan's first period and renews; with it, until that day. Raises
    BillingRefused where they have it, or a trial has no end.
    """
    if (user is None) != (plan.subject == Plan.Subject.ORGANIZATION):
        raise BillingRefused(_("This plan is for somebody else: one person, or everybody."))
    if Subscription.objects.live().filter(plan=plan, user=user).exists():
        raise BillingRefused(_("There is a subscription to this plan already."))
    if is_trial and ends_on is None:
        raise BillingRefused(_("A trial needs a last day."))
    end = ends_on or period_end(starts_on, plan.billing_cycle)
    subscription = Subscription.objects.create(
        plan=plan,
        user=user,
        status=Status.TRIAL if is_trial else Status.ACTIVE,
        starts_on=starts_on,
        ends_on=end,
        renews=ends_on is None and end is not None and user is not None,
    )
    places.follow_plans(subscription.user_id, now=now)
    return subscription


@transaction.atomic
def pay_period(subscription_id: UUID, *, starts_on: date, now: datetime) -> Subscription:
    """The period that begins on a day is paid: the subscription lasts until its end at least. Repeatable."""
    subscription = lock_subscription(subscription_id)
    before = places.last_day(subscription)
    if subscription.ends_on is not None:
        eve = starts_on - timedelta(days=1)
        end = next_period_end(subscription.starts_on, eve, subscription.plan.billing_cycle)
        subscription.ends_on = end and max(subscription.ends_on, end)
    if subscription.status in (Status.TRIAL, Status.PAST_DUE):
        move(subscription, Status.ACTIVE, renews=subscription.ends_on is not None)
    subscription.save(update_fields=["ends_on"])
    places.follow_plans(subscription.user_id, former=before, now=now)
    return subscription


@transaction.atomic
def take_period_back(subscription_id: UUID) -> Subscription:
    """The payment of a period was taken back: it is late from now on. One that is over stays so."""
    subscription = lock_subscription(subscription_id)
    if subscription.status == Status.ACTIVE:
        move(subscription, Status.PAST_DUE)
    return subscription


@transaction.atomic
def cancel_subscription(subscription_id: UUID, *, now: datetime) -> Subscription:
    """End it with the period that is paid for; until then nothing changes. A repeat changes nothing.

    Its next period, where it was billed and not paid, is taken back. Raises BillingRefused for one without
    an end, and for one that is over.
    """
    _take_unpaid_back(subscription_id, now=now)
    subscription = lock_subscription(subscription_id)
    if subscription.status == Status.CANCELLED:
        return subscription
    if subscription.ends_on is None:
        raise BillingRefused(_("This plan was paid once and has no end."))
    before = places.last_day(subscription)
    move(subscription, Status.CANCELLED, cancelled_at=now, renews=False)
    places.follow_plans(subscription.user_id, former=before, cuts=True, now=now)
    return subscription


@transaction.atomic
def resume_subscription(subscription_id: UUID, *, now: datetime) -> Subscription:
    """Take a cancellation back before the end. Raises BillingRefused for any other subscription."""
    subscription = lock_subscription(subscription_id)
    if subscription.status == Status.ACTIVE:
        return subscription
    if subscription.status != Status.CANCELLED or subscription.ends_on < now.date():
        raise BillingRefused(_("Only a cancelled subscription that has not ended can be resumed."))
    before = places.last_day(subscription)
    move(subscription, Status.ACTIVE, cancelled_at=None, renews=subscription.user_id is not None)
    places.follow_plans(subscription.user_id, former=before, now=now)
    return subscription


@transaction.atomic
def end_subscription(subscription_id: UUID, *, now: datetime) -> Subscription:
    """End it now: courses that only this plan opened close, and what was billed and not paid is taken back.

    A repeat changes nothing.
    """
    _take_unpaid_back(subscription_id, now=now)
    subscription = lock_subscription(subscription_id)
    if subscription.status == Status.ENDED:
        return subscription
    before = places.last_day(subscription)
    yesterday = now.date() - timedelta(days=1)
    over = min(subscription.ends_on or yesterday, yesterday)
    move(
        subscription,
        Status.ENDED,
        renews=False,
        ends_on=max(over, subscription.starts_on),
    )
    places.follow_plans(subscription.user_id, former=before, cuts=True, now=now)
    return subscription


def _take_unpaid_back(subscription_id, *, now):
    """Invoices are locked before their subscription, so this comes first."""
    billed = Invoice.objects.filter(order__subscription=subscription_id, status=Invoice.Status.OPEN)
    unpaid = billed.annotate(paid=Sum("payments__amount", default=0)).filter(paid=0)
    for invoice_id in list(unpaid.values_list("pk", flat=True)):
        cancel_order(invoice_id, now=now)


def lock_subscription(subscription_id: UUID) -> Subscription:
    """The subscription, locked until the transaction ends. It is locked before any enrollment."""
    rows = Subscription.objects.select_related("plan")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=subscription_id)


def move(subscription: Subscription, wanted: str, **fields) -> None:
    """Give a locked subscription another state, and other fields with it. Raises BillingRefused as the table says."""
    if not may_become(subscription.status, wanted):
        values = {"before": subscription.get_status_display(), "after": Status(wanted).label}
        raise BillingRefused(
            _("A subscription that is “%(before)s” cannot become “%(after)s”.") % values
        )
    subscription.status = wanted
    for name, value in fields.items():
        setattr(subscription, name, value)
    subscription.save(update_fields=["status", *fields])
