"""What is personal in the agenda: the address under which a calendar program reads it."""

from django.utils.translation import gettext_lazy as _

from agenda.models import CalendarFeed
from tenancy.personal import Rows, declare

declare(
    CalendarFeed,
    heading=_("Calendar address"),
    person="user_id",
    rows=Rows.GO,
    facts=["created_at", "updated_at"],
    personal=["sealed_secret", "secret_hash"],
    withheld={
        "sealed_secret": _("It is the key to the address, which its owner reads on their agenda."),
        "secret_hash": _("It is the key to the address, which its owner reads on their agenda."),
    },
)
