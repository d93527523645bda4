"""Notifications by mail: one at once, or many in a digest; each exactly once."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import unsubscribing
from notifications.digests import last_morning
from notifications.kinds import kind_named, message_of
from notifications.models import Cadence, Notification
from tenancy.links import organization_origin
from tenancy.models import Organization
from users.models import User
from users.services import queue_mail
from users.time_zones import as_read_by, time_zone_of

DIGEST_LENGTH = 50  # events that a digest tells one by one


@transaction.atomic
def mail_at_once(notification_id: str, *, now: datetime) -> bool:
    """Put the mail of one notification into the outbox. False where it is there already, or nobody reads it.

    Locks the notification, so that a repeated job mails nothing twice.
    """
    notification = (
        Notification.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=notification_id, cadence=Cadence.NOW, mailed_at__isnull=True)
        .first()
    )
    if notification is None:
        return False
    notification.mailed_at = now
    notification.save(update_fields=["mailed_at"])
    if not is_reachable(notification.user):
        return False
    with as_read_by(notification.user):
        message = message_of(notification)
        kind = kind_named(notification.kind)
        _queue(
            notification.user,
            "notifications/mail/notification",
            subject=message.title,
            kind=kind,
            message=message,
            unsubscribe_url=unsubscribing.url_for(notification.user, notification.kind),
        )
    return True


def send_digests(*, now: datetime) -> int:
    """Put every digest that is due into the outbox, for one organization. Returns how many.

    Two workers at once share the people between them; what happened since a person's last morning waits
    for the next one.
    """
    sent = 0
    for user in User.objects.filter(pk__in=_people_waiting()).order_by("pk"):
        with transaction.atomic():
            sent += _send_digest(user, now)
    return sent


def _people_waiting():
    waiting = Notification.objects.filter(
        mailed_at__isnull=True, cadence__in=[Cadence.DAILY, Cadence.WEEKLY]
    )
    return waiting.order_by().values("user").distinct()


def _send_digest(user, now):
    zone = time_zone_of(user) or ZoneInfo(settings.TIME_ZONE)
    due = []
    for cadence in (Cadence.DAILY, Cadence.WEEKLY):
        waiting = Notification.objects.filter(
            user=user,
            cadence=cadence,
            mailed_at__isnull=True,
            happened_at__lt=last_morning(now, zone, cadence),
        )
        due += waiting.select_for_update(skip_locked=True)
    if not due:
        return 0
    Notification.objects.filter(pk__in=[row.pk for row in due]).update(mailed_at=now)
    # What was read on the site meanwhile need not be told again.
    unread = sorted((row for row in due if row.read_at is None), key=lambda row: row.happened_at)
    if not unread or not is_reachable(user):
        return 0
    with as_read_by(user):
        count = len(unread)
        subject = ngettext("%(count)s new thing", "%(count)s new things", count) % {"count": count}
        _queue(
            user,
            "notifications/mail/digest",
            subject=subject,
            entries=[(row.happened_at, message_of(row)) for row in unread[:DIGEST_LENGTH]],
            left_out=max(0, count - DIGEST_LENGTH),
            unsubscribe_url=unsubscribing.url_for(user, unsubscribing.DIGESTS),
        )
    return 1


def is_reachable(user) -> bool:
    """Mails go to those who may sign in and have proved that the address is theirs."""
    return user.is_active and user.email_verified_at is not None


def _queue(user, template, *, subject, unsubscribe_url, **context):
    organization = Organization.objects.get()
    origin = organization_origin()
    context |= {
        "user": user,
        "organization": organization,
        "origin": origin,
        "list_url": origin + reverse("notifications:list"),
        "settings_url": origin + reverse("notifications:settings"),
        "unsubscribe_url": origin + unsubscribe_url,
    }
    queue_mail(
        recipient=user.email,
        user=user,
        subject=_("%(subject)s · %(organization)s")
        % {"subject": subject, "organization": organization.name},
        text=render_to_string(f"{template}.txt", context).strip() + "\n",
        html=render_to_string(f"{template}.html", context),
        unsubscribe_url=context["unsubscribe_url"],
    )
