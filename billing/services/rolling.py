"""What each day brings to subscriptions."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from billing import places
from billing.entitlements import GRACE
from billing.models import Subscription
from billing.services.ordering import order_next_period
from billing.services.subscriptions import end_subscription, lock_subscription, move

Status = Subscription.Status

#: How long before its end the next period of a subscription is billed.
BILLED_BEFORE = timedelta(days=14)


def roll_over(*, now: datetime) -> None:
    """Bill next periods, mark late ones, end what is over, and let places on courses follow. Repeatable."""
    today = now.date()
    renewing = Subscription.objects.live().filter(renews=True, user__isnull=False)
    billed = renewing.filter(ends_on__lte=today + BILLED_BEFORE)
    for subscription in billed.select_related("plan", "user"):
        next_day = subscription.ends_on + timedelta(days=1)
        order_next_period(subscription, starts_on=next_day, now=now)
    for subscription_id in _ids(renewing.filter(status=Status.ACTIVE, ends_on__lt=today)):
        mark_late(subscription_id, today=today)
    over = Subscription.objects.live().filter(renews=False, ends_on__lt=today)
    unpaid = renewing.filter(status=Status.PAST_DUE, ends_on__lt=today - GRACE)
    for subscription_id in _ids(over) + _ids(unpaid):
        end_subscription(subscription_id, now=now)
    places.follow_plans(now=now)


@transaction.atomic
def mark_late(subscription_id: UUID, *, today: date) -> None:
    """Its period is over and the next one is not paid; one that was paid meanwhile is left alone."""
    subscription = lock_subscription(subscription_id)
    if subscription.status == Status.ACTIVE and subscription.ends_on < today:
        move(subscription, Status.PAST_DUE)


def _ids(subscriptions) -> list[UUID]:
    return list(subscriptions.values_list("pk", flat=True))
