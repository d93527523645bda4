"""What is personal in notifications, and in how people wish to be told."""

from django.utils.translation import gettext_lazy as _

from notifications.models import Notification, Preference
from tenancy.personal import Rows, declare

declare(
    Notification,
    heading=_("Notifications"),
    person="user_id",
    rows=Rows.GO,
    facts=["kind", "happened_at", "read_at", "cadence", "mailed_at"],
    personal=["source", "facts"],
)
declare(
    Preference,
    heading=_("Wishes about mails"),
    person="user_id",
    rows=Rows.GO,
    facts=["kind", "cadence"],
)
