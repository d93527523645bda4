"""What people are reminded of: kinds of notifications that kinds of dates refer to."""

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda.dates import Date, kind_named
from lib import jinja
from notifications.kinds import Kind, Message, declare
from notifications.models import Cadence


def facts_of(date: Date) -> dict:
    """What a reminder keeps of a date."""
    return {
        "kind": date.kind,
        "name": date.name,
        "at": date.at.isoformat(),
        "course": date.course,
        "url": date.url,
    }


def _reminder(facts):
    kind = kind_named(facts["kind"])
    title = facts["course"] if kind is None else kind.tell(facts["name"])
    values = {"when": jinja.datetime_zone(parse_datetime(facts["at"])), "course": facts["course"]}
    return Message(title, _("%(when)s · %(course)s") % values, facts["url"])


OPENING = declare(Kind("agenda.opening", gettext_lazy("Something opens on my courses"), _reminder))
DEADLINE = declare(
    Kind("agenda.deadline", gettext_lazy("A date of mine is near"), _reminder, Cadence.NOW)
)
