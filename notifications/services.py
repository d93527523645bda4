"""Telling people what happened: once per event and person, and by mail as they wish."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from notifications import tasks
from notifications.kinds import Kind, kinds_for
from notifications.models import Cadence, Notification, Preference
from tenancy.context import acting_for_everyone, require_organization_id


@transaction.atomic
def notify(
    user_ids: Iterable[UUID], kind: Kind, *, source: str, facts: dict, now: datetime
) -> list[Notification]:
    """Tell people of an event, named by `source`; whoever was told of it already is left out.

    Mails that are wished at once go out by the worker after the commit. Returns what was added.
    """
    user_ids = set(user_ids)
    with acting_for_everyone():
        wished = _wishes(user_ids, kind)
        wanted = [
            Notification(
                user_id=user_id,
                kind=kind.code,
                source=source,
                facts=facts,
                happened_at=now,
                cadence=wished.get(user_id, kind.cadence),
            )
            for user_id in sorted(user_ids)
        ]
        Notification.objects.bulk_create(wanted, ignore_conflicts=True)
        ids = [notification.pk for notification in wanted]
        added = list(Notification.objects.filter(pk__in=ids))
    for notification in added:
        if notification.cadence == Cadence.NOW:
            tasks.mail_notification.defer(
                organization_id=str(require_organization_id()), notification_id=str(notification.pk)
            )
    return added


def _wishes(user_ids, kind):
    rows = Preference.objects.filter(user__in=user_ids, kind=kind.code)
    return dict(rows.values_list("user_id", "cadence"))


def unread_count(user) -> int:
    """How many a person has not read, counted up to a hundred as on the bell."""
    unread = Notification.objects.filter(user=user, read_at__isnull=True)
    return unread.order_by()[:100].count()


def mark_read(user, *, notification_ids: Iterable[UUID] | None = None, now: datetime) -> int:
    """Mark a person's notifications as read, all without `notification_ids`. Returns how many were new."""
    unread = Notification.objects.filter(user=user, read_at__isnull=True)
    if notification_ids is not None:
        unread = unread.filter(pk__in=list(notification_ids))
    return unread.update(read_at=now)


def cadences_of(user) -> dict[str, str]:
    """How often a person is mailed, by the code of each kind that concerns them."""
    wished = dict(Preference.objects.filter(user=user).values_list("kind", "cadence"))
    return {kind.code: wished.get(kind.code, kind.cadence) for kind in kinds_for(user)}


@transaction.atomic
def choose_cadences(user, cadences: dict[str, str]) -> None:
    """Store how often a person wishes to be mailed, by the codes of kinds. What waits follows the new wish."""
    Preference.objects.bulk_create(
        [Preference(user=user, kind=code, cadence=cadence) for code, cadence in cadences.items()],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["cadence"],
    )
    waiting = Notification.objects.filter(user=user, mailed_at__isnull=True).exclude(
        cadence=Cadence.NOW
    )
    for code, cadence in cadences.items():
        later = Cadence.DAILY if cadence == Cadence.NOW else cadence
        waiting.filter(kind=code).update(cadence=later)
